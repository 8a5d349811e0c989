-- Run inside a headless Neovim by neovim-server.sh: works with `dialform server` as a person does, and looks at what there is to see.
-- It is started by the plugin, or with WAY=own as docs/editors.md says: in Neovim 0.11 by `vim.lsp.config`, in 0.8 to 0.10 by `vim.lsp.start`, in
-- older ones by `vim.lsp.start_client`.
local failed = 0

local function check(what, holds, found)
  io.write(("%s %s\n"):format(holds and "ok  " or "FAIL", what))
  if not holds and found ~= nil then
    io.write("     " .. vim.inspect(found):gsub("\n", "\n     ") .. "\n")
  end
  failed = failed + (holds and 0 or 1)
end

--- Waits until `holds` gives true, beside what was found. It is asked again at each event.
local function reaches(what, holds)
  local ok, found
  vim.wait(tonumber(vim.env.PATIENCE or 20000), function()
    ok, found = holds()
    return ok
  end, 2)
  check(what, ok, found)
end

-- Messages that nobody handles are told.
local logging = require("vim.lsp.log")
logging.set_level(vim.log.levels.WARN)
local log_path = logging.get_filename()
local notes = {}
vim.notify = function(words)
  table.insert(notes, words)
end
vim.deprecate = function() end
local events = 0
vim.api.nvim_create_autocmd("DiagnosticChanged", {
  callback = function()
    events = events + 1
  end,
})

local way
if vim.env.WAY == "own" then
  vim.api.nvim_clear_autocmds({ group = "dialform" })
end
if vim.env.WAY ~= "own" then
  way = "the plugin"
elseif vim.lsp.config then
  way = "vim.lsp.config"
  vim.lsp.config("dialform", { cmd = { "dialform", "server" }, filetypes = { "dialform" }, root_markers = { "dialform.kdl", ".git" } })
  vim.lsp.enable("dialform")
elseif vim.lsp.start then
  way = "vim.lsp.start"
  vim.api.nvim_create_autocmd("FileType", {
    pattern = "dialform",
    callback = function()
      local found = vim.fs.find({ "dialform.kdl", ".git" }, { upward = true, path = vim.api.nvim_buf_get_name(0) })[1]
      vim.lsp.start({ name = "dialform", cmd = { "dialform", "server" }, root_dir = vim.fs.dirname(found) })
    end,
  })
else
  way = "vim.lsp.start_client"
  local id
  vim.api.nvim_create_autocmd("FileType", {
    pattern = "dialform",
    callback = function(event)
      id = id or vim.lsp.start_client({ name = "dialform", cmd = { "dialform", "server" }, root_dir = vim.fn.getcwd() })
      vim.lsp.buf_attach_client(event.buf, id)
    end,
  })
end

local function client()
  local get = vim.lsp.get_clients or vim.lsp.get_active_clients
  return get()[1]
end

local function show(diagnostic)
  return ("%d:%d-%d:%d %s"):format(
    diagnostic.lnum + 1,
    diagnostic.col,
    diagnostic.end_lnum + 1,
    diagnostic.end_col,
    vim.split(diagnostic.message, "\n")[1]
  )
end

--- What is shown, of a buffer or of all of them.
local function shown(buffer)
  local all = vim.diagnostic.get(buffer)
  table.sort(all, function(a, b)
    return a.lnum * 1000 + a.col < b.lnum * 1000 + b.col
  end)
  return vim.tbl_map(show, all)
end

local function finds(what, buffer, wanted)
  reaches(what, function()
    local found = shown(buffer)
    local same = #found == #wanted
    for index, line in ipairs(wanted) do
      same = same and vim.startswith(found[index] or "", line)
    end
    return same, found
  end)
end

local function ask(method, params, buffer)
  local answers = vim.lsp.buf_request_sync(buffer, method, params, 20000) or {}
  local _, answer = next(answers)
  check(method .. " is answered", answer ~= nil and answer.error == nil and (answer.err == nil), answer)
  return answer and answer.result
end

local function line(buffer, number)
  return vim.api.nvim_buf_get_lines(buffer, number - 1, number, false)[1]
end

local function position_params()
  return vim.lsp.util.make_position_params(0, client().offset_encoding)
end

vim.cmd("silent edit campaigns/one.kdl")
local one = vim.api.nvim_get_current_buf()
reaches("the server is started by " .. way, function()
  local found = client()
  return found ~= nil and (found.initialized == true or found.server_capabilities ~= nil), found and found.name
end)

if vim.env.ORPHAN then
  -- A person has typed something, so the server has answered.
  vim.api.nvim_buf_set_lines(one, 1, 2, false, { "    pase" })
  reaches("it has a finding", function()
    return #shown(one) > 0, shown(one)
  end)
  local children = vim.api.nvim_get_proc_children(vim.fn.getpid())
  local told = io.open(vim.env.ORPHAN, "w")
  told:write(vim.fn.getpid() .. " " .. children[1] .. "\n")
  told:close()
  vim.wait(60000, function()
    return false
  end)
  return
end

-- A mistake behind Cyrillic letters, which are two bytes each, as columns are in Neovim; one behind an emoji, two units of UTF-16.
vim.api.nvim_buf_set_lines(one, 1, 2, false, { '    name "Весна"; comment "Первая волна"; pase "1/s"' })
finds("a mistake is shown where it was typed, unsaved", one, { "2:58-2:62 a campaign has no `pase`" })
check("by an event", events > 0)
vim.api.nvim_buf_set_lines(one, 1, 2, false, { '    name "Весна"; comment "😀"; pase "1/s"' })
finds("and behind an emoji", one, { "2:39-2:43 a campaign has no `pase`" })

-- The code action for it, as a person chooses one.
local offered = {}
vim.ui.select = function(items, options, choose)
  for _, item in ipairs(items) do
    local title = options.format_item(item)
    table.insert(offered, title)
    if vim.startswith(title, "Replace `pase` with `pace`") then
      choose(item, 1)
    end
  end
end
vim.api.nvim_win_set_cursor(0, { 2, 41 })
vim.lsp.buf.code_action()
reaches("an action writes what was meant", function()
  return line(one, 2) == '    name "Весна"; comment "😀"; pace "1/s"', { line(one, 2), offered }
end)
finds("which clears it", one, {})

-- An alias, completed where it is typed.
vim.api.nvim_buf_set_lines(one, 2, 3, false, { '    scenario "pr"' })
vim.api.nvim_win_set_cursor(0, { 3, 16 })
local items = ask("textDocument/completion", position_params(), one) or {}
items = items.items or items
local promo
for _, item in ipairs(items) do
  promo = promo or (item.label == "promo" and item or nil)
end
check("the alias is among what may stand there", promo ~= nil, items)
if promo then
  vim.lsp.util.apply_text_edits({ promo.textEdit }, one, client().offset_encoding)
end
check("and is written as it is called", line(one, 3) == '    scenario "promo"', line(one, 3))

-- A template, in both files, by the command that a person gives.
vim.api.nvim_win_set_cursor(0, { 1, 26 })
vim.lsp.buf.rename("workday")
reaches("a template is renamed where it is used", function()
  return line(one, 1) == 'campaign "one" template="workday" {', line(one, 1)
end)
local project = vim.fn.bufnr("dialform.kdl")
check("where it is declared", project > 0 and line(project, 3) == 'template "workday" {', project > 0 and line(project, 3))
local two = vim.fn.bufnr("campaigns/two.kdl")
check("and in a file that was not open", two > 0 and line(two, 1) == 'campaign "two" template="workday" {', two)
vim.cmd("silent wall")
finds("and nothing is found, saved as it is", nil, {})

-- Layout, and saving with it.
vim.api.nvim_buf_set_lines(one, 1, 2, false, { '    name "Весна"' })
vim.api.nvim_buf_set_lines(one, 7, 8, false, { "  record      #false" })
if vim.lsp.buf.format then
  vim.lsp.buf.format({ async = false, timeout_ms = 20000 })
else
  vim.lsp.buf.formatting_sync(nil, 20000)
end
check("the buffer is formatted", line(one, 8) == "    record #false", line(one, 8))
vim.cmd("silent write")

-- What another file says is known from its buffer, not from the disk; and a save of something else does not forget that.
vim.cmd("silent buffer " .. project)
vim.api.nvim_buf_set_lines(project, 1, 2, false, { 'aliases { scenario other="228cc4fa-92f2-4709-94e3-7344a96a5903" }' })
finds("a name that is gone from another buffer is missed", one, { "3:13-3:20 no scenario is called `promo`" })
vim.cmd("silent buffer " .. one)
vim.cmd("silent write!")
vim.api.nvim_buf_set_lines(one, 1, 2, false, { '    name "Весна"; pace "1/s"' })
vim.cmd("silent write")
local before = events
vim.api.nvim_buf_set_lines(one, 8, 9, false, { "    redial #fals" })
finds("and still is after a save", one, { "3:13-3:20 no scenario is called `promo`", "9:" })
check("events brought it", events > before)

-- A buffer that is closed without saving leaves nothing behind.
vim.cmd("silent bwipeout! " .. project)
vim.cmd("silent bwipeout! " .. one)
finds("a file that is closed takes its errors with it", nil, {})

-- A new file with an error: the error goes with the file.
vim.fn.writefile({ 'campaign "three" {', "    pase", "}" }, "campaigns/three.kdl")
vim.cmd("silent edit campaigns/three.kdl")
local three = vim.api.nvim_get_current_buf()
reaches("a new file has its errors", function()
  return #shown(three) > 0, shown(three)
end)
vim.fn.delete("campaigns/three.kdl")
vim.cmd("silent bwipeout! " .. three)
finds("a file that is deleted takes its errors with it", nil, {})

-- Nobody was left without an answer.
local id = client().id
check("one server serves all, which finds them and nothing else does", #(vim.lsp.get_clients or vim.lsp.get_active_clients)() == 1 and next(vim.diagnostic.get(nil, { namespace = require("dialform").namespace })) == nil)
vim.lsp.stop_client(id)
reaches("the server stops when it is asked to", function()
  return vim.lsp.client_is_stopped and vim.lsp.client_is_stopped(id) or vim.lsp.get_client_by_id(id) == nil
end)
local log = {}
for _, each in ipairs(vim.fn.filereadable(log_path) == 1 and vim.fn.readfile(log_path) or {}) do
  if each:find("[WARN]", 1, true) or each:find("[ERROR]", 1, true) then
    table.insert(log, each)
  end
end
check("no message was left unhandled", #log == 0, log)
check("and nothing was complained of", #notes == 0, notes)

io.write(failed == 0 and "neovim-server: all is as it should be\n" or ("neovim-server: %d failed\n"):format(failed))
vim.cmd(failed == 0 and "qall!" or "cquit")
