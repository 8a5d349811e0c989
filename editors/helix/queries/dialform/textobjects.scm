(node) @class.around

(node_children) @class.inside

[
  (single_line_comment)
  (multi_line_comment)
] @comment.inside
