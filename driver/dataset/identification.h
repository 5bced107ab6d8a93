// Which names are those of tile directories.
#pragma once

#include <gdal_priv.h>

namespace tiledir::driver
{

/// GDAL's pfnIdentify: narrow, since plugins are asked before GDAL's own drivers. TRUE, FALSE, or
/// GDAL_IDENTIFY_UNKNOWN where only a request tells. No errors are left.
int identify_dataset(GDALOpenInfo *info) noexcept;

/// That request, of a URL. False where it cannot be told, so that other drivers are asked. No errors are left.
bool leads_to_item(const char *url);

} // namespace tiledir::driver
