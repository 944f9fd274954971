-- Keeps the lock of a load that still runs for ARGV[4] ms more; with 0 gives it back and wakes who waits for it.
--
-- ARGV: prefix, id, who loads, ms, channel. Answers 0 when the lock is somebody else's by now.
local lock, waited = ARGV[1] .. 'lock:' .. ARGV[2], ARGV[1] .. 'waited:' .. ARGV[2]
if redis.call('GET', lock) ~= ARGV[3] then
  return 0
end
if ARGV[4] ~= '0' then
  return redis.call('PEXPIRE', lock, ARGV[4])
end
redis.call('DEL', lock)
if redis.call('DEL', waited) == 1 then
  redis.call('PUBLISH', ARGV[5], cjson.encode({ 'woken', '', ARGV[2] }))
end
return 1
