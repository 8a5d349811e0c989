-- From byte offsets in the text to lines and columns of the buffer. Bytes are exact in every script, and where KDL sees
-- the end of a line that Neovim does not see, such as U+2028, they are the only measure that both agree on.
local M = {}

--- The offset of each line's first byte in the text that was handed over.
function M.line_starts(lines)
  local starts, offset = {}, 0
  for index, line in ipairs(lines) do
    starts[index] = offset
    offset = offset + #line + 1
  end
  return starts
end

--- The 0-based line and byte column of an offset. What lies behind the last line is at its end.
function M.position(byte, starts, lines)
  local low, high = 1, #starts
  while low < high do
    local middle = math.ceil((low + high) / 2)
    if starts[middle] <= byte then
      low = middle
    else
      high = middle - 1
    end
  end
  return low - 1, math.min(byte - starts[low], #lines[low])
end

return M
