-- How many records of these streams (KEYS) the group ARGV[1] has not acknowledged.
local function later(stream, id)
  local count = 0
  repeat
    local page = redis.call('XRANGE', stream, '(' .. id, '+', 'COUNT', 1000)
    count = count + #page
    if #page > 0 then id = page[#page][1] end
  until #page < 1000
  return count
end

local waiting = 0
for _, stream in ipairs(KEYS) do
  local unseen = redis.call('XLEN', stream)
  for _, about in ipairs(unseen > 0 and redis.call('XINFO', 'GROUPS', stream) or {}) do
    local group = {}
    for i = 1, #about, 2 do group[about[i]] = about[i + 1] end
    -- Redis 6.2 has no `lag`, and later ones do not know it after XDEL.
    if group.name == ARGV[1] then unseen = group.pending + (group.lag or later(stream, group['last-delivered-id'])) end
  end
  waiting = waiting + unseen
end
return waiting
