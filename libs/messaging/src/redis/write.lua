-- Appends records, all of them or none: one that failed alone would come after those that followed it when it is sent again.
--
-- KEYS are the streams of the topic, from partition 0. ARGV is for each record: partition, key, headers, value.
for i = 1, #ARGV, 4 do
  redis.call('XADD', KEYS[ARGV[i] + 1], '*', 'key', ARGV[i + 1], 'headers', ARGV[i + 2], 'value', ARGV[i + 3])
end
return #ARGV / 4
