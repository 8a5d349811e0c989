-- `:checkhealth dialform`
local config = require("dialform.config")

local M = {}

-- Neovim 0.10 has shorter names for the same.
local start = vim.health and vim.health.start or require("health").report_start
local ok = vim.health and vim.health.ok or require("health").report_ok
local error = vim.health and vim.health.error or require("health").report_error

function M.check()
  start("dialform")
  local line = config.command_line({ "--version" })
  local ran, out = pcall(vim.fn.system, line)
  if ran and vim.v.shell_error == 0 then
    ok(("`%s` is %s"):format(table.concat(line, " "), vim.trim(out)))
  else
    error(
      ("`%s` cannot be run"):format(line[1]),
      { 'Install dialform, or say where it is: require("dialform").setup({ command = "…" })' }
    )
  end
end

return M
