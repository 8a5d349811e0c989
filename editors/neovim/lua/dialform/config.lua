-- What can be set by `require("dialform").setup({ … })`, and its defaults.
local M = {}

M.values = {
  -- The command; a list where it needs arguments before its own, such as { "nix", "run", "…", "--" }.
  command = "dialform",
  -- Whether `dialform server` finds, fixes, completes and renames. Without it, `dialform lint` runs at each pause in typing.
  server = true,
  -- Whether to lint while typing, and not only what is saved.
  lint_on_change = true,
  -- How long typing has to pause before that, in milliseconds.
  debounce = 150,
  -- Whether to format a file before it is saved.
  format_on_save = false,
}

--- Merges the options into the defaults; an unknown option is an error, since it would have no effect.
function M.set(given)
  for name, value in pairs(given or {}) do
    local default = M.values[name]
    if default == nil then
      error(("dialform: there is no setting `%s`"):format(name))
    end
    local is_list = name == "command" and type(value) == "table"
    if type(value) ~= type(default) and not is_list then
      error(("dialform: `%s` is a %s"):format(name, type(default)))
    end
    M.values[name] = value
  end
end

--- The command with these arguments behind it.
function M.command_line(arguments)
  local command = M.values.command
  local line = type(command) == "table" and vim.deepcopy(command) or { command }
  return vim.list_extend(line, arguments)
end

return M
