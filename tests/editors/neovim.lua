-- Run inside a headless Neovim by neovim.sh: opens files of a broken project and looks at what the plugin shows.
local failed = 0

local function show(diagnostic)
  return ("%d:%d-%d:%d %s %s %s"):format(
    diagnostic.lnum + 1,
    diagnostic.col,
    diagnostic.end_lnum + 1,
    diagnostic.end_col,
    diagnostic.severity == vim.diagnostic.severity.ERROR and "error" or "warning",
    diagnostic.code or "?",
    vim.split(diagnostic.message, "\n")[1]
  )
end

local function shown(buffer)
  local all = vim.diagnostic.get(buffer, { namespace = require("dialform").namespace })
  table.sort(all, function(a, b)
    return a.lnum * 1000 + a.col < b.lnum * 1000 + b.col
  end)
  return vim.tbl_map(show, all)
end

local function check(what, holds)
  io.write(("%s %s\n"):format(holds and "ok  " or "FAIL", what))
  failed = failed + (holds and 0 or 1)
end

--- Waits until exactly these are shown; each line may leave out its message.
local function reaches(what, buffer, wanted)
  local found
  local arrived = vim.wait(20000, function()
    found = shown(buffer)
    if #found ~= #wanted then
      return false
    end
    for index, line in ipairs(wanted) do
      if found[index]:sub(1, #line) ~= line then
        return false
      end
    end
    return true
  end, 10)
  check(what, arrived)
  for _, line in ipairs(found) do
    io.write("       " .. line .. "\n")
  end
  if not arrived then
    io.write("     wanted\n       " .. table.concat(wanted, "\n       ") .. "\n")
  end
end

local function typed(buffer, first, last, lines)
  vim.api.nvim_buf_set_lines(buffer, first, last, false, lines)
  -- Without a person at the keyboard nobody says so.
  vim.api.nvim_exec_autocmds("TextChanged", { buffer = buffer })
end

require("dialform").setup({ command = vim.env.DIALFORM, debounce = 10, server = false })

-- What was saved.
vim.cmd("silent edit campaigns/deep/one.kdl")
local one = vim.api.nvim_get_current_buf()
check("a file below campaigns/ is dialform's", vim.bo[one].filetype == "dialform")
check("its comments are KDL's", vim.bo[one].commentstring == "// %s")
reaches("the findings of a saved file arrive", one, {
  '3:13-3:21 error DF301 no scenario is called `prommo`',
  "7:9-7:14 error DF114 the API cannot say the pace `0/s`",
})

-- What was typed and not saved; Cyrillic letters are two bytes each, and columns are bytes.
typed(one, 1, 2, { '    name "Весна"; comment "Первая волна"; pase "1/s"' })
reaches("an unsaved change brings its own", one, {
  '2:58-2:62 error DF101 a campaign has no `pase`',
  '3:13-3:21 error DF301 no scenario is called `prommo`',
  "7:9-7:14 error DF114 the API cannot say the pace `0/s`",
})
check("the file on disk is as it was", not vim.fn.readfile("campaigns/deep/one.kdl")[2]:find("pase"))

-- A text that is no KDL at all.
typed(one, 11, 12, {})
reaches("a missing brace is told beside the rest", one, {
  "2:58-2:62 error DF101",
  "3:13-3:21 error DF301",
  "7:9-7:14 error DF114",
  "11:17-11:17 error DF003 the block of `campaign` is never closed",
})

-- Fixed.
typed(one, 11, 11, { "}" })
typed(one, 1, 3, { '    name "Весна"', '    scenario "promo"' })
typed(one, 6, 7, { '    pace "1/s"' })
reaches("what is fixed is cleared, unsaved as it is", one, {})

-- The highlighting.
local function group(line, column)
  return vim.fn.synIDattr(vim.fn.synID(line, column, 1), "name")
end
check("campaign is a keyword, not " .. group(1, 1), group(1, 1) == "dialformTop")
check("pace is a setting, not " .. group(7, 5), group(7, 5) == "dialformSetting")
check("its value is a string, not " .. group(7, 11), group(7, 11) == "dialformString")

-- Another file of the project: what it declares is seen by the first once it is saved.
vim.cmd("silent write")
vim.cmd("silent edit dialform.kdl")
local project = vim.api.nvim_get_current_buf()
check("the project's file is dialform's", vim.bo[project].filetype == "dialform")
typed(project, 0, -1, { 'project { timezone "Europe/Moscow" }' })
vim.cmd("silent write")
reaches("a name that is gone from another file is missed", one, { '3:13-3:20 error DF301 no scenario is called `promo`' })
vim.cmd("silent undo")
vim.cmd("silent write")
reaches("and found when it is back", one, {})

-- The formatter.
vim.cmd("buffer " .. one)
typed(one, 6, 7, { '  pace    "1/s"' })
vim.cmd("DialformFormat")
check("DialformFormat lays a buffer out", vim.api.nvim_buf_get_lines(one, 6, 7, false)[1] == '    pace "1/s"')

-- Files that are none of dialform's stay alone.
vim.cmd("silent edit elsewhere/config.kdl")
check("another KDL file is not", vim.bo.filetype ~= "dialform")

-- The health check, and a command that is not there.
vim.cmd("silent checkhealth dialform")
local health = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
check("checkhealth names the version", health:find("is dialform 0", 1, true) ~= nil)
local notes = {}
vim.notify = function(words)
  table.insert(notes, words)
end
require("dialform").setup({ command = "dialform-that-is-not-there" })
require("dialform").lint(one)
require("dialform").lint(one)
check("a command that is not there is told once", #notes == 1 and notes[1]:find("cannot be run", 1, true) ~= nil)
local known = pcall(require("dialform").setup, { comand = "x" })
check("a misspelt setting is refused", not known)

io.write(failed == 0 and "neovim: all is as it should be\n" or ("neovim: %d failed\n"):format(failed))
vim.cmd(failed == 0 and "qall!" or "cquit")
