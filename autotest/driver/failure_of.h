// What a call that must fail says.
#pragma once

#include "stac/error.h"

#include <functional>
#include <string>

namespace tiledir
{

/// "input: PATH: ...": the error that a call throws, and which; "none".
inline std::string failure_of(const std::function<void()> &call)
{
    try
    {
        call();
    }
    catch (const InputError &error)
    {
        return std::string("input: ") + error.what();
    }
    catch (const StoreError &error)
    {
        return std::string("store: ") + error.what();
    }
    catch (const TileError &error)
    {
        return std::string("tile: ") + error.what();
    }
    return "none";
}

} // namespace tiledir
