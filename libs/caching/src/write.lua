-- Stores what was loaded, unless it was invalidated since the load began: the clock as it was then is compared with when the key
-- and each tag were invalidated last. This is what a plain cache-aside lacks. Gives the lock back and wakes who waits for it.
--
-- ARGV: prefix, id, who loaded, epoch, clock and Redis' time (ms) when the load began, ms that a load may take, value, ms fresh,
-- ms stale, ms as last resort (0: it is not to be kept), tags, channel. Answers 1 when the value may be shown from now on.
local prefix, id, epoch, at = ARGV[1], ARGV[2], ARGV[4], tonumber(ARGV[5])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function isGone(item)
  local gone = redis.call('GET', prefix .. 'gone:' .. item)
  return gone and tonumber(gone) > at
end

local isGood = string.match(redis.call('GET', prefix .. 'clock') or '', '^%S*') == epoch
  and now - tonumber(ARGV[6]) <= tonumber(ARGV[7]) -- Redis forgets after so long that the key was invalidated
  and redis.call('EXISTS', prefix .. 'writers:' .. id) == 0 -- nobody knows whether that write is in what was read
  and not isGone('k:' .. id)
for tag in string.gmatch(ARGV[12], '[^\n]+') do
  isGood = isGood and not isGone('t:' .. tag)
end

if isGood then
  local key, last = prefix .. 'entry:' .. id, tonumber(ARGV[11])
  if last > 0 then
    local head = string.format('%s %.0f %.0f %.0f %.0f', epoch, at, now + ARGV[9], now + ARGV[10], now + last)
    redis.call('SET', key, head .. '\n' .. ARGV[12] .. '\n\n' .. ARGV[8], 'PX', string.format('%.0f', last))
  else
    redis.call('DEL', key)
  end
end

if redis.call('GET', prefix .. 'lock:' .. id) == ARGV[3] then
  redis.call('DEL', prefix .. 'lock:' .. id)
  if redis.call('DEL', prefix .. 'waited:' .. id) == 1 then
    redis.call('PUBLISH', ARGV[13], cjson.encode({ 'woken', '', id }))
  end
end
return isGood and 1 or 0
