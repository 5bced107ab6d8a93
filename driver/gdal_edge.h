// The edge between exceptions and GDAL: nothing thrown inside may reach libgdal's frames.
#pragma once

#include "stac/error.h"

#include <cpl_error.h>

#include <new>

namespace tiledir::driver
{

/// Runs `work`; an exception becomes one CPLError, and `failed` is the result.
template <class Result, class Work> Result at_gdal_edge(Result failed, Work &&work) noexcept
{
    try
    {
        return work();
    }
    catch (const StoreError &error)
    {
        CPLError(CE_Failure, CPLE_FileIO, "%s", error.what());
    }
    catch (const std::bad_alloc &)
    {
        CPLError(CE_Failure, CPLE_OutOfMemory, "TileDir: out of memory");
    }
    catch (const std::exception &error)
    {
        CPLError(CE_Failure, CPLE_AppDefined, "%s", error.what());
    }
    catch (...)
    {
        CPLError(CE_Failure, CPLE_AppDefined, "TileDir: unknown failure");
    }
    return failed;
}

} // namespace tiledir::driver
