-- Connects buffers with `dialform server`, one for each project.
local config = require("dialform.config")

local M = {}

-- By folder, where Neovim does not keep them itself.
local clients = {}

--- The folder of the project that a file belongs to, or its own.
local function root_of(path)
  local folder = vim.fn.fnamemodify(path, ":p:h")
  local project = vim.fn.findfile("dialform.kdl", vim.fn.escape(folder, " ,;*?[\\") .. ";")
  return project ~= "" and vim.fn.fnamemodify(project, ":p:h") or folder
end

--- Connects a buffer with the server of its project, which is started if it has to be. Gives nil, or why it cannot be.
function M.attach(buffer)
  local path = vim.api.nvim_buf_get_name(buffer)
  if path == "" or vim.bo[buffer].buftype ~= "" then
    return nil
  end
  local command = config.command_line({ "server" })
  if vim.fn.executable(command[1]) == 0 then
    return ("`%s` cannot be run; is it installed, and on the PATH?"):format(command[1])
  end
  local root = root_of(path)
  local options = { name = "dialform", cmd = command, root_dir = root }
  if vim.lsp.start then
    vim.lsp.start(options, { bufnr = buffer })
    return nil
  end
  local id = clients[root]
  if not id or vim.lsp.client_is_stopped(id) then
    id = vim.lsp.start_client(options)
    clients[root] = id
  end
  return (not id or not vim.lsp.buf_attach_client(buffer, id)) and "the server cannot be started" or nil
end

return M
