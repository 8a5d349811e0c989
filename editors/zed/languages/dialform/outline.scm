(node
  name: (identifier) @context
  (#any-of? @context "campaign" "template")
  .
  (node_field argument: (value) @name)) @item
