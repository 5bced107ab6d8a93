// Statistics that GDAL keeps beside an item, in its .aux.xml.
#pragma once

#include "driver/store/store.h"

#include <string>

namespace tiledir::raster
{

/// Takes statistics and histograms of all bands out of the .aux.xml of the object of that key. What is no XML, of a
/// program that writes it just now, is left alone. Throws StoreError, TileError.
void drop_pam_statistics(store::Store &store, const std::string &key);

} // namespace tiledir::raster
