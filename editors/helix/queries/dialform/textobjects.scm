(node
  children: (node_children)? @class.inside) @class.around

[
  (single_line_comment)
  (multi_line_comment)
] @comment.inside
