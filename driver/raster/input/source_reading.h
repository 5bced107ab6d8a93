// One read of a source's pixels: what GDAL fails in, and what it makes up without failing.
#pragma once

#include "driver/store/gdal_errors.h"

#include <cpl_conv.h>
#include <gdal_priv.h>

#include <string>

namespace tiledir::raster
{

/// While it lives, this thread's GDAL errors are collected, and a JPEG image that is cut short or corrupt fails to be
/// read, where GDAL would warn and give gray pixels; GDAL_ERROR_ON_LIBJPEG_WARNING=NO has those.
class SourceReading
{
public:
    /// Throws TileError that names the source if its read failed; where GDAL gives no reason, `reason` is told.
    void check(CPLErr status, GDALDataset &source, const std::string &name, const std::string &reason = "") const;
    const store::GdalErrors &errors() const { return m_errors; }

private:
    store::GdalErrors m_errors;
    CPLConfigOptionSetter m_strict_jpeg{"GDAL_ERROR_ON_LIBJPEG_WARNING", "YES", true};
};

} // namespace tiledir::raster
