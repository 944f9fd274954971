-- Ends a write that invalidate.lua has begun. The value is stored if nobody else wrote or invalidated in the meantime: of two writers
-- nobody here can tell who was first in the database, so that then the next reader loads.
--
-- ARGV: prefix, id, writer, epoch, clock and Redis' time (ms) when the write began, ms that it may take, value, ms fresh, ms stale,
-- ms as last resort (0: nothing is to be kept), tags, channel, name of a new epoch, who says so. Answers 1 when it was stored.
local prefix, id, began, last = ARGV[1], ARGV[2], tonumber(ARGV[5]), tonumber(ARGV[11])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function isGone(item)
  local gone = redis.call('GET', prefix .. 'gone:' .. item)
  return gone and tonumber(gone) > began
end

local epoch, count = string.match(redis.call('GET', prefix .. 'clock') or '', '^(%S+) (%d+)$')
redis.call('HDEL', prefix .. 'writers:' .. id, ARGV[3])
local isAlone = last > 0
  and epoch == ARGV[4]
  and now - tonumber(ARGV[6]) <= tonumber(ARGV[7])
  and redis.call('EXISTS', prefix .. 'writers:' .. id) == 0
  and not isGone('k:' .. id)
for tag in string.gmatch(ARGV[12], '[^\n]+') do
  isAlone = isAlone and not isGone('t:' .. tag)
end

-- Also against loads that began while this was being written.
local at = (count or 0) + 1
redis.call('SET', prefix .. 'clock', string.format('%s %.0f', epoch or ARGV[14], at))
redis.call('SET', prefix .. 'gone:k:' .. id, at, 'PX', ARGV[7])
redis.call('DEL', prefix .. 'entry:' .. id, prefix .. 'lock:' .. id)
if isAlone then
  local head = string.format('%s %.0f %.0f %.0f %.0f', epoch, at, now + ARGV[9], now + ARGV[10], now + last)
  local entry = head .. '\n' .. ARGV[12] .. '\n\n' .. ARGV[8]
  redis.call('SET', prefix .. 'entry:' .. id, entry, 'PX', string.format('%.0f', last))
end
redis.call('PUBLISH', ARGV[13], cjson.encode({ 'invalidated', ARGV[15], 'k:' .. id }))
return isAlone and 1 or 0
