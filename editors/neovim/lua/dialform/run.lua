-- Runs dialform on a buffer's text, which need not be saved.
local config = require("dialform.config")

local M = {}

--- The text as it is handed over: one newline after each line, whatever the file on disk has.
function M.text(buffer)
  return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), "\n") .. "\n"
end

--- Starts dialform, gives it `text`, and calls `done(code, stdout, stderr)` at its end. Gives the job, or nil and why it
--- could not be started.
function M.start(arguments, text, done)
  local out, err = "", ""
  local started, job = pcall(vim.fn.jobstart, config.command_line(arguments), {
    stdout_buffered = true,
    stderr_buffered = true,
    on_stdout = function(_, lines)
      out = table.concat(lines, "\n")
    end,
    on_stderr = function(_, lines)
      err = table.concat(lines, "\n")
    end,
    on_exit = function(_, code)
      done(code, out, err)
    end,
  })
  if not started or job <= 0 then
    local command = config.command_line({})[1]
    return nil, ("`%s` cannot be run; is it installed, and on the PATH?"):format(command)
  end
  -- It may have ended already, by an argument that it does not know; `done` tells.
  pcall(vim.fn.chansend, job, text)
  pcall(vim.fn.chanclose, job, "stdin")
  return job
end

return M
