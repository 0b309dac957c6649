-- Takes from each budget, or from none; answers the microseconds to wait, 0 when all were taken.
-- KEYS: the budgets. ARGV, for each of them: the cost, by which it is full later, and how much may be missing before.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local full, wait = {}, 0
for i, key in ipairs(KEYS) do
  local cost, slack = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  -- A clock that was set back must not lock anybody out for longer than a used up budget does.
  local known = math.min(tonumber(redis.call('GET', key) or now), now + slack + cost)
  full[i] = math.max(known, now) + cost
  wait = math.max(wait, full[i] - cost - slack - now)
end
if wait == 0 then
  for i, key in ipairs(KEYS) do
    redis.call('SET', key, string.format('%.0f', full[i]), 'PX', math.max(1, math.ceil((full[i] - now) / 1000)))
  end
end
return wait
