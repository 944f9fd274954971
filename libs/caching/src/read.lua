-- Looks for an entry, and says who is to load it when it is not there or not fresh: one at a time, in all processes.
--
-- The keys, here and in the other scripts, all begin with a prefix:
--   clock         "<epoch> <number>": counts invalidations; a Redis that has forgotten everything begins a new epoch
--   entry:<id>    "<epoch> <clock when its load began> <fresh> <stale> <last>\n<tags, one a line>\n\n<value>", until when in Redis' ms
--   gone:k:<id>, gone:t:<tag>   the clock when the key or the tag was invalidated last
--   lock:<id>     who loads        waited:<id>   somebody waits for that        writers:<id>   who writes, and since which clock
--
-- ARGV: prefix, id, who would load, for how long that may take (ms).
-- Answers { state, value, ms fresh, ms stale, ms as last resort, tags, epoch, clock, Redis' time in ms }, where the state is
-- 0 fresh, 1 not fresh and somebody else loads, 2 the asker is to load, 3 nothing to show and somebody else loads.
local prefix, id = ARGV[1], ARGV[2]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local clock = redis.call('GET', prefix .. 'clock')
if not clock then
  clock = ARGV[3] .. ' 0' -- nobody else asks by this name
  redis.call('SET', prefix .. 'clock', clock)
end
local epoch, count = string.match(clock, '^(%S+) (%d+)$')

local fresh, stale, last, tags, value = 0, 0, 0, '', ''
local entry = redis.call('GET', prefix .. 'entry:' .. id)
if entry then
  local head, its, json = string.match(entry, '^([^\n]*)\n(.-)\n\n(.*)$')
  local of, at, untilFresh, untilStale, untilLast = string.match(head, '^(%S+) (%d+) (%d+) (%d+) (%d+)$')
  local isGood = of == epoch
  for tag in string.gmatch(its, '[^\n]+') do
    local gone = isGood and redis.call('GET', prefix .. 'gone:t:' .. tag)
    isGood = isGood and not (gone and tonumber(gone) > tonumber(at))
  end
  if isGood then
    fresh, stale, last = untilFresh - now, untilStale - now, untilLast - now
    tags, value = its, json
  end
end

local function answer(state)
  return { state, value, fresh, stale, last, tags, epoch, tonumber(count), now }
end

if fresh > 0 then
  return answer(0)
end
if redis.call('SET', prefix .. 'lock:' .. id, ARGV[3], 'NX', 'PX', ARGV[4]) then
  return answer(2)
end
if stale > 0 then
  return answer(1)
end
redis.call('SET', prefix .. 'waited:' .. id, '1', 'PX', ARGV[4])
return answer(3)
