-- Diagnostics for dialform's files: those of `dialform server`, or of `dialform lint -` on the buffer's text, saved or not, in its place in
-- the project.
local config = require("dialform.config")
local positions = require("dialform.positions")
local run = require("dialform.run")
local server = require("dialform.server")

local M = {}

M.namespace = vim.api.nvim_create_namespace("dialform")

-- By buffer: the timer that waits for a pause, and the job that runs.
local timers, jobs = {}, {}
-- What was said, so that it is said once.
local reported = {}

local function tell(words)
  if not reported[words] then
    reported[words] = true
    vim.notify("dialform: " .. words, vim.log.levels.WARN)
  end
end

function M.setup(given)
  config.set(given)
  reported = {}
end

local SEVERITIES = {
  error = vim.diagnostic.severity.ERROR,
  warning = vim.diagnostic.severity.WARN,
}

local function given(value)
  return value ~= nil and value ~= vim.NIL
end

--- The findings of a report as Neovim's diagnostics.
function M.diagnostics(report, lines)
  local starts = positions.line_starts(lines)
  local found = {}
  for _, finding in ipairs(report.diagnostics) do
    local lnum, col = positions.position(finding.range.start.byte, starts, lines)
    local end_lnum, end_col = positions.position(finding.range["end"].byte, starts, lines)
    local message = finding.message
    if given(finding.help) then
      message = message .. "\n" .. finding.help
    end
    table.insert(found, {
      lnum = lnum,
      col = col,
      end_lnum = end_lnum,
      end_col = end_col,
      severity = SEVERITIES[finding.severity] or vim.diagnostic.severity.ERROR,
      message = message,
      source = "dialform",
      code = finding.code,
      user_data = { dialform = finding },
    })
  end
  return found
end

--- Checks a buffer. What an earlier check has not said yet is not waited for.
function M.lint(buffer)
  if not vim.api.nvim_buf_is_loaded(buffer) then
    return
  end
  local path = vim.api.nvim_buf_get_name(buffer)
  if path == "" or vim.bo[buffer].buftype ~= "" then
    return
  end
  if jobs[buffer] then
    vim.fn.jobstop(jobs[buffer])
    jobs[buffer] = nil
  end
  local tick = vim.api.nvim_buf_get_changedtick(buffer)
  local lines = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
  local arguments = { "lint", "-", "--stdin-filename", vim.fn.fnamemodify(path, ":p"), "--output-format", "json" }
  local job, why
  job, why = run.start(arguments, run.text(buffer), function(code, out, err)
    if jobs[buffer] ~= job then
      return
    end
    jobs[buffer] = nil
    -- A later change has a check of its own to come.
    local is_current = vim.api.nvim_buf_is_loaded(buffer) and vim.api.nvim_buf_get_changedtick(buffer) == tick
    if not is_current then
      return
    end
    local read, report = pcall(vim.fn.json_decode, out)
    if code > 1 or not read or type(report) ~= "table" or type(report.diagnostics) ~= "table" then
      tell(vim.trim(err) ~= "" and vim.trim(err) or ("ended with exit code %d"):format(code))
      vim.diagnostic.reset(M.namespace, buffer)
      return
    end
    vim.diagnostic.set(M.namespace, buffer, M.diagnostics(report, lines))
  end)
  if job then
    jobs[buffer] = job
  else
    tell(why)
  end
end

--- Checks a buffer when typing pauses.
local function lint_soon(buffer)
  local timer = timers[buffer] or vim.loop.new_timer()
  timers[buffer] = timer
  timer:stop()
  timer:start(config.values.debounce, 0, vim.schedule_wrap(function()
    M.lint(buffer)
  end))
end

--- Checks every buffer of dialform's: names and templates hold for a whole project, whatever file they stand in.
function M.lint_all()
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buffer) and vim.bo[buffer].filetype == "dialform" then
      M.lint(buffer)
    end
  end
end

--- Lays a buffer out as `dialform fmt` does. A text that is not KDL stays as it is.
function M.format(buffer)
  local path = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(buffer), ":p")
  local finished, code, out, err = false, 0, "", ""
  local job, why = run.start({ "fmt", "-", "--stdin-filename", path }, run.text(buffer), function(...)
    finished, code, out, err = true, ...
  end)
  if not job then
    return tell(why)
  end
  if not vim.wait(5000, function() return finished end, 5) then
    vim.fn.jobstop(job)
    return tell("fmt took longer than five seconds")
  end
  if code ~= 0 then
    return vim.notify("dialform: " .. vim.trim(err), vim.log.levels.WARN)
  end
  local lines = vim.split(out, "\n", { plain = true })
  if lines[#lines] == "" then
    table.remove(lines)
  end
  if not vim.deep_equal(lines, vim.api.nvim_buf_get_lines(buffer, 0, -1, false)) then
    local view = vim.fn.winsaveview()
    vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
    vim.fn.winrestview(view)
  end
end

--- Watches a buffer from now on.
function M.attach(buffer)
  if vim.b[buffer].dialform_attached then
    return
  end
  vim.b[buffer].dialform_attached = true
  local group = vim.api.nvim_create_augroup("dialform_buffer_" .. buffer, { clear = true })
  local function on(events, callback)
    vim.api.nvim_create_autocmd(events, { group = group, buffer = buffer, callback = callback })
  end
  on("BufWritePre", function()
    if config.values.format_on_save then
      M.format(buffer)
    end
  end)
  if config.values.server then
    local why = server.attach(buffer)
    if why then
      tell(why)
    end
    return
  end
  on({ "TextChanged", "TextChangedI" }, function()
    if config.values.lint_on_change then
      lint_soon(buffer)
    end
  end)
  on({ "BufEnter", "FocusGained" }, function()
    lint_soon(buffer)
  end)
  on("BufWritePost", M.lint_all)
  on({ "BufUnload", "BufDelete" }, function()
    if timers[buffer] then
      timers[buffer]:close()
      timers[buffer] = nil
    end
    if jobs[buffer] then
      vim.fn.jobstop(jobs[buffer])
      jobs[buffer] = nil
    end
    vim.diagnostic.reset(M.namespace, buffer)
    vim.api.nvim_del_augroup_by_id(group)
  end)
  M.lint(buffer)
end

return M
