-- Invalidates keys and tags: what was loaded before is not shown any more, and what is being loaded will not be stored.
--
-- ARGV: prefix, channel, name of a new epoch, ms for which invalidated keys and (next) tags are remembered, who says so,
-- who begins to write ('' for nobody), and the items: 'k:' and an id, 't:' and a tag, or '*' for everything.
-- Answers { epoch, clock, Redis' time in ms }.
local prefix, writer = ARGV[1], ARGV[7]
local time = redis.call('TIME')

local epoch, count = string.match(redis.call('GET', prefix .. 'clock') or '', '^(%S+) (%d+)$')
local at = (count or 0) + 1
local message = { 'invalidated', ARGV[6] }
for i = 8, #ARGV do
  local item = ARGV[i]
  message[#message + 1] = item
  if item == '*' then
    epoch = nil
  elseif string.sub(item, 1, 2) == 't:' then
    redis.call('SET', prefix .. 'gone:' .. item, at, 'PX', ARGV[5])
  else
    local id = string.sub(item, 3)
    redis.call('SET', prefix .. 'gone:' .. item, at, 'PX', ARGV[4])
    redis.call('DEL', prefix .. 'entry:' .. id, prefix .. 'lock:' .. id)
    if writer ~= '' then
      redis.call('HSET', prefix .. 'writers:' .. id, writer, at)
      redis.call('PEXPIRE', prefix .. 'writers:' .. id, ARGV[4]) -- of one that dies no more is heard
    end
  end
end
epoch = epoch or ARGV[3]
redis.call('SET', prefix .. 'clock', string.format('%s %.0f', epoch, at))
if #message > 2 then
  redis.call('PUBLISH', ARGV[2], cjson.encode(message))
end
return { epoch, at, time[1] * 1000 + math.floor(time[2] / 1000) }
