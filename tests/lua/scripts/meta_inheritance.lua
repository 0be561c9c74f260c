-- SPDX-License-Identifier: MIT OR GPL-2.0-only
local Base = {} Base.__index = Base
function Base.new(x) return setmetatable({x = x}, Base) end
function Base:get() return self.x end
function Base:double() return self:get() * 2 end
local Derived = setmetatable({}, {__index = Base}) Derived.__index = Derived
function Derived.new(x) return setmetatable(Base.new(x), Derived) end
function Derived:get() return self.x + 100 end
print(Base.new(1):double(), Derived.new(1):double(), getmetatable(Derived.new(1)) == Derived)
