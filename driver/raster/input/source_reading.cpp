#include "driver/raster/input/source_reading.h"

#include "driver/raster/input/vrt_sources.h"

namespace tiledir::raster
{

void SourceReading::check(CPLErr status, GDALDataset &source, const std::string &name, const std::string &reason) const
{
    if (status == CE_None)
    {
        return;
    }
    std::string told = m_errors.cause("").empty() ? reason : m_errors.cause_at(name);
    if (told.empty())
    {
        // GDAL tells once a process.
        const std::string missing = missing_vrt_source(source);
        told = missing.empty() ? "GDAL gives no reason" : missing + ": No such file or directory";
    }
    throw store::gdal_failure(name.empty() ? "source" : name, "cannot be read: " + told);
}

} // namespace tiledir::raster
