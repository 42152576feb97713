"""The script that counts in Redis, all limits of a caller at once.

It does what `domain.limits.window` does, of which a test holds it to be the twin. A key holds the spans of one limit,
oldest first, each as three whole numbers: the time it was opened at, the time of its last unit, and its units. A list
in one string is read and written in one command, and at most 62 spans are some hundred bytes to a kilobyte.

Arguments: what to do, `take` or `settle`; the time, empty for the server's; for `settle`, how long ago the units were
taken; then for each key what its limit allows, its period, for how long a span takes units, and the units, below 0 to
give back. Answers three numbers a key: the units used, the time to wait for room, the time until all is free. Times
are microseconds; a number of Lua's holds them exactly until the year 2255.
"""

from hashlib import sha1

SCRIPT = """
local is_take = ARGV[1] == 'take'
local now
if ARGV[2] == '' then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
else
  now = tonumber(ARGV[2])
end
local taken_ago = tonumber(ARGV[3])

local function free_at(limit, span)
  if limit.span < limit.period then return span[2] + limit.period end
  return span[1] + limit.period
end

local function load(number)
  local first = 4 * number
  local limit = {
    key = KEYS[number],
    allowed = tonumber(ARGV[first]),
    period = tonumber(ARGV[first + 1]),
    span = tonumber(ARGV[first + 2]),
    units = tonumber(ARGV[first + 3]),
    used = 0,
    wait = 0,
    spans = {},
  }
  local packed = redis.call('GET', limit.key)
  local numbers = packed and cmsgpack.unpack(packed) or {}
  limit.has_changed = #numbers > 0 and numbers[#numbers - 1] > now
  for at = 1, #numbers, 3 do
    local span = {math.min(numbers[at], now), math.min(numbers[at + 1], now), numbers[at + 2]}
    if free_at(limit, span) > now then
      table.insert(limit.spans, span)
      limit.used = limit.used + span[3]
    else
      limit.has_changed = true
    end
  end
  return limit
end

local function find_wait(limit)
  local missing = limit.used + limit.units - limit.allowed
  local room_at = now
  for _, span in ipairs(limit.spans) do
    if missing <= 0 then break end
    missing = missing - span[3]
    room_at = free_at(limit, span)
  end
  limit.wait = room_at - now
end

local function opening(limit)
  if limit.span < limit.period then return now end
  return now - math.fmod(now, limit.period)
end

local function charge(limit)
  local span = limit.spans[#limit.spans]
  if not span or now - span[1] >= limit.span then
    span = {opening(limit), now, 0}
    table.insert(limit.spans, span)
  end
  span[2] = now
  span[3] = span[3] + limit.units
  limit.used = limit.used + limit.units
end

local function give_back(limit)
  if taken_ago >= limit.period then return end
  local left = -limit.units
  for _, span in ipairs(limit.spans) do
    local returned = math.min(left, span[3])
    span[3] = span[3] - returned
    limit.used = limit.used - returned
    left = left - returned
  end
end

local function reset_after(limit)
  local last = limit.spans[#limit.spans]
  return last and free_at(limit, last) - now or 0
end

local function store(limit)
  local numbers = {}
  for _, span in ipairs(limit.spans) do
    table.insert(numbers, span[1])
    table.insert(numbers, span[2])
    table.insert(numbers, span[3])
  end
  if #numbers == 0 then
    redis.call('DEL', limit.key)
    return
  end
  local milliseconds = math.ceil(reset_after(limit) / 1000)
  redis.call('SET', limit.key, cmsgpack.pack(numbers), 'PX', string.format('%.0f', milliseconds))
end

local limits = {}
local has_room = true
for number = 1, #KEYS do
  local limit = load(number)
  limits[number] = limit
  if is_take then
    find_wait(limit)
    has_room = has_room and limit.wait == 0
  end
end

local answer = {}
for _, limit in ipairs(limits) do
  if has_room then
    if limit.units >= 0 then charge(limit) else give_back(limit) end
  end
  if has_room or limit.has_changed then store(limit) end
  table.insert(answer, limit.used)
  table.insert(answer, limit.wait)
  table.insert(answer, reset_after(limit))
end
return answer
"""

SCRIPT_SHA = sha1(SCRIPT.encode(), usedforsecurity=False).hexdigest()
"""What Redis calls the script."""
