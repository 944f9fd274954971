-- A token bucket that lends. All arguments are tokens but where said otherwise; the clock is Redis' own.
--
-- KEYS[1] is a hash: `tokens` at the time `at` (microseconds), and for each gateway that holds some of them
-- `lent:<gateway>` = "<tokens> <until, microseconds>". The bucket and all that is lent are never more than `burst`:
-- else a bucket that fills up while leases are out could be spent together with them.
local burst, perMinute, gateway, leaseMs = tonumber(ARGV[1]), tonumber(ARGV[2]), 'lent:' .. ARGV[3], tonumber(ARGV[4])
-- Of this gateway: holds, gives back, has let through without asking, needs at once, would like besides.
local held, back, owed = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local needed, spare = tonumber(ARGV[8]), tonumber(ARGV[9])

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local perMicrosecond = perMinute / 60000000

local tokens, at, lent, lentHere = burst, now, 0, 0
local bucket = redis.call('HGETALL', KEYS[1])
for i = 1, #bucket, 2 do
  local field, value = bucket[i], bucket[i + 1]
  if field == 'tokens' then
    tokens = tonumber(value)
  elseif field == 'at' then
    at = tonumber(value)
  else
    local count, till = string.match(value, '^(%d+) (%d+)$')
    if tonumber(till) <= now then
      redis.call('HDEL', KEYS[1], field) -- lapsed: that gateway has let go of it
    elseif field == gateway then
      lentHere = tonumber(count)
    else
      lent = lent + tonumber(count)
    end
  end
end

-- A clock that was set back adds nothing. What comes back too late has been replaced by what flowed in.
tokens = tokens + math.max(0, now - at) * perMicrosecond + math.min(back, lentHere) - owed
tokens = math.max(0, math.min(tokens, burst - lent - held))

local given = math.min(math.floor(tokens), needed + spare)
tokens = tokens - given

-- What is needed is spent as it arrives. When there was too little for that, nobody can tell which part is kept.
local kept = held + (given < needed and given or given - needed)
redis.call('HSET', KEYS[1], 'tokens', string.format('%.17g', tokens), 'at', string.format('%.0f', now))
if kept > 0 then
  redis.call('HSET', KEYS[1], gateway, string.format('%d %.0f', kept, now + leaseMs * 1000))
else
  redis.call('HDEL', KEYS[1], gateway)
end
-- A bucket that is full is like one that is not there.
redis.call('PEXPIRE', KEYS[1], math.ceil(math.max((burst - tokens) / perMicrosecond / 1000, leaseMs)) + 1)

return { given, math.floor(tokens * 1000000), lent }
