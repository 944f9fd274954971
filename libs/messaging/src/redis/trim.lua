-- Forgets what every group of a stream has acknowledged and what is older than ARGV[1], in ms: who listens or begins a new group
-- finds at least that much. A stream that no group reads is kept for ARGV[2], in ms: else it would grow for ever.
local groups = redis.call('XINFO', 'GROUPS', KEYS[1])
local time = redis.call('TIME')
local age = #groups == 0 and ARGV[2] or ARGV[1]
local ms, number = time[1] * 1000 + math.floor(time[2] / 1000) - age, 0

local function keep(id)
  local idMs, idNumber = string.match(id, '^(%d+)-(%d+)$')
  idMs, idNumber = tonumber(idMs), tonumber(idNumber)
  if idMs < ms or (idMs == ms and idNumber < number) then ms, number = idMs, idNumber end
end

for _, about in ipairs(groups) do
  local group = {}
  for i = 1, #about, 2 do group[about[i]] = about[i + 1] end
  keep(group['last-delivered-id'])
  if group.pending > 0 then keep(redis.call('XPENDING', KEYS[1], group.name)[2]) end
end
-- Exactly: `~` would leave what is personal where little is published.
return redis.call('XTRIM', KEYS[1], 'MINID', '=', string.format('%.0f-%.0f', ms, number))
