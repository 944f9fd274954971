-- Acknowledges what the owner of a partition has handled, then reads on, gives the partition back, or keeps it and reads nothing.
-- Whoever does not hold the lease any more changes nothing and gets nothing: that is what the fence is for.
--
-- KEYS: the stream, the leases of the group, its stream of changes (see balance.lua).
-- ARGV: 'read' | 'give' | 'keep', group, owner, partition, fence, lease in ms, the most to read, ids to acknowledge.
-- Answers nil without the lease, else the last id of the stream and what was read.
local stream, leases, changes = KEYS[1], KEYS[2], KEYS[3]
local action, group, me, partition, fence = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]

local lease = redis.call('HGET', leases, partition)
if not lease or string.match(lease, '^%d+ %S+') ~= fence .. ' ' .. me then return false end

for i = 8, #ARGV do
  redis.call('XACK', stream, group, ARGV[i])
end

if action == 'give' then
  redis.call('HSET', leases, partition, fence .. '  0')
  if #redis.call('XPENDING', stream, group, '-', '+', 1, me) == 0 then
    redis.call('XGROUP', 'DELCONSUMER', stream, group, me)
  end
  redis.call('XADD', changes, 'MAXLEN', 1, '*', 'given', partition)
  return { '0-0', {} }
end

local time = redis.call('TIME')
local untilMs = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[6]
redis.call('HSET', leases, partition, fence .. ' ' .. me .. ' ' .. string.format('%.0f', untilMs))
if action == 'keep' then return { '0-0', {} } end

-- What was delivered and not acknowledged comes first, whoever it was delivered to; what is new only when there is none of it.
-- A stream that was deleted comes back without its group.
local function read(after)
  local answer = redis.pcall('XREADGROUP', 'GROUP', group, me, 'COUNT', ARGV[7], 'STREAMS', stream, after)
  if answer and answer.err then
    if not string.match(answer.err, 'NOGROUP') then return answer end
    redis.call('XGROUP', 'CREATE', stream, group, '0', 'MKSTREAM')
    return {}
  end
  return answer and answer[1][2] or {}
end
local entries = read('0')
if entries.err then return entries end
if #entries == 0 then entries = read('>') end
if #entries > 0 then return { '0-0', entries } end

local about = redis.call('XINFO', 'STREAM', stream)
for i = 1, #about, 2 do
  if about[i] == 'last-generated-id' then return { about[i + 1], {} } end
end
