-- Gives back what was taken from each budget; answers 0. KEYS and ARGV as in take.lua.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
for i, key in ipairs(KEYS) do
  local full = tonumber(redis.call('GET', key) or now) - tonumber(ARGV[2 * i - 1])
  redis.call('SET', key, string.format('%.0f', full), 'PX', math.max(1, math.ceil((full - now) / 1000)))
end
return 0
