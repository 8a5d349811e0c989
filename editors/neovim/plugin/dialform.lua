-- Lints dialform's files as they are typed. `require("dialform").setup({ … })` changes how; nothing has to be called.
if vim.g.loaded_dialform then
  return
end
vim.g.loaded_dialform = true

if vim.fn.has("nvim-0.7") == 0 then
  vim.notify("dialform: Neovim 0.7 or newer is needed", vim.log.levels.WARN)
  return
end

local group = vim.api.nvim_create_augroup("dialform", { clear = true })

vim.api.nvim_create_autocmd("FileType", {
  group = group,
  pattern = "dialform",
  callback = function(event)
    require("dialform").attach(event.buf)
  end,
})

vim.api.nvim_create_user_command("DialformLint", function()
  if require("dialform.config").values.server then
    return vim.notify("dialform: the server has checked this buffer", vim.log.levels.INFO)
  end
  require("dialform").lint(vim.api.nvim_get_current_buf())
end, { desc = "Check this buffer with dialform" })

vim.api.nvim_create_user_command("DialformFormat", function()
  require("dialform").format(vim.api.nvim_get_current_buf())
end, { desc = "Format this buffer with dialform fmt" })
