-- A member of a group says that it is alive, renews its leases and takes what is free, up to its share. The clock is Redis' own, in ms.
--
-- KEYS[1] are the members, by how long they are believed alive. KEYS[2] holds the lease of each partition:
-- "<fence> <owner> <until>". KEYS[3] is a stream that the members watch: who joins or gives something back says so.
-- The others are the streams of the topic, from partition 0.
-- ARGV: group, member, lease in ms, 'stays' | 'leaves'. Who leaves has no share; what it holds it keeps until it gives it back.
-- Answers its share, then partition and fence of each lease that it holds.
local members, leases, changes, before = KEYS[1], KEYS[2], KEYS[3], 3
local group, me, leaseMs, partitions = ARGV[1], ARGV[2], tonumber(ARGV[3]), #KEYS - before

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local untilMs = now + leaseMs
-- Nothing lasts longer than a lease from now on: else a clock that was set back would keep the dead alive.
local isLapsed = function(till) return till <= now or till > untilMs end
local text = function(number) return string.format('%.0f', number) end

redis.call('ZREMRANGEBYSCORE', members, '-inf', text(now))
redis.call('ZREMRANGEBYSCORE', members, '(' .. text(untilMs), '+inf')
local isLeaving = ARGV[4] == 'leaves'
if isLeaving then
  redis.call('ZREM', members, me)
elseif redis.call('ZADD', members, text(untilMs), me) == 1 then
  redis.call('XADD', changes, 'MAXLEN', 1, '*', 'joined', me)
end

-- Names are in the order of joining: a member that joins moves nobody else's remainder.
local names, rank = redis.call('ZRANGE', members, 0, -1), 0
table.sort(names)
for i, name in ipairs(names) do
  if name == me then rank = i end
end
local share = isLeaving and 0 or math.floor(partitions / #names) + (rank <= partitions % #names and 1 or 0)

-- The next fence of a partition. It is never lower than the time: a Redis that lost its data gives no number twice.
local function take(partition, fence)
  local stream = KEYS[before + 1 + partition]
  redis.pcall('XGROUP', 'CREATE', stream, group, '0', 'MKSTREAM') -- BUSYGROUP: it is there
  -- What the owner before had not acknowledged is ours; then it has no part in the group any more.
  local cursor = '0-0'
  repeat
    cursor = redis.call('XAUTOCLAIM', stream, group, me, 0, cursor, 'COUNT', 1000, 'JUSTID')[1]
  until cursor == '0-0'
  for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', stream, group)) do
    if consumer[2] ~= me then redis.call('XGROUP', 'DELCONSUMER', stream, group, consumer[2]) end
  end
  return math.max(fence + 1, now)
end

local held, free = {}, {}
local function hold(partition, fence)
  redis.call('HSET', leases, partition, text(fence) .. ' ' .. me .. ' ' .. text(untilMs))
  table.insert(held, partition)
  table.insert(held, fence)
end

for partition = 0, partitions - 1 do
  local lease = redis.call('HGET', leases, partition) or '0  0'
  local fence, owner, till = string.match(lease, '^(%d+) (%S*) (%d+)$')
  if owner == me then
    hold(partition, tonumber(fence)) -- even one that has lapsed: nobody took it
  elseif isLapsed(tonumber(till)) then
    table.insert(free, { partition, tonumber(fence) })
  end
end
for _, lease in ipairs(free) do
  if #held / 2 >= share then break end
  hold(lease[1], take(lease[1], lease[2]))
end

return { share, unpack(held) }
