// The edge between exceptions and GDAL: nothing thrown inside may reach libgdal's frames.
#pragma once

#include "stac/error.h"

#include <cpl_error.h>

#include <algorithm>
#include <new>
#include <string>

namespace tiledir::driver
{

/// One line for a terminal: names in it may be an attacker's.
inline std::string one_line(std::string message)
{
    constexpr std::size_t kLongest = 2000;
    message.resize(std::min(message.size(), kLongest));
    std::replace_if(
        message.begin(), message.end(), [](unsigned char c) { return c < ' ' || c == 0x7F; }, ' ');
    return message;
}

inline void warn(const std::string &message)
{
    CPLError(CE_Warning, CPLE_AppDefined, "%s", one_line(message).c_str());
}

/// Runs `work`; an exception becomes one CPLError, and `failed` is the result.
template <class Result, class Work> Result at_gdal_edge(Result failed, Work &&work) noexcept
{
    try
    {
        return work();
    }
    catch (const StoreError &error)
    {
        CPLError(CE_Failure, CPLE_FileIO, "%s", one_line(error.what()).c_str());
    }
    catch (const std::bad_alloc &)
    {
        CPLError(CE_Failure, CPLE_OutOfMemory, "TileDir: out of memory");
    }
    catch (const std::exception &error)
    {
        CPLError(CE_Failure, CPLE_AppDefined, "%s", one_line(error.what()).c_str());
    }
    catch (...)
    {
        CPLError(CE_Failure, CPLE_AppDefined, "TileDir: unknown failure");
    }
    return failed;
}

} // namespace tiledir::driver
