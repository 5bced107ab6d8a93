// Which values {cube:dimensions:NAME} in templates of tiles stands for.
#pragma once

#include "stac/item/tiled_assets_item.h"

#include <map>
#include <string>
#include <vector>

namespace tiledir::driver
{

/// Values by the names of dimensions.
using DimensionValues = std::map<std::string, std::string>;

/// Open option DIMENSIONS: NAME=VALUE,NAME=VALUE. Throws InputError.
DimensionValues dimensions_of_option(const std::string &text);

/// As a part of a connection string, NAME=VALUE:NAME=VALUE; colons in values are written %3A.
std::string connection_part(const DimensionValues &values);
/// One NAME=VALUE of a connection string is added to the values; false: it is none.
bool add_connection_part(const std::string &part, DimensionValues &values);

/// What is left to choose of: each combination of the values that the item's cube:dimensions lists for the templates of
/// these assets, with those that are `chosen`. One where all are chosen, or there are none. Throws InputError: a value
/// that is not listed, nothing listed and nothing chosen, more combinations than anyone looks through.
std::vector<DimensionValues> dimension_choices(const stac::TiledAssetsItem &item,
                                               const std::vector<stac::TileAsset> &assets,
                                               const DimensionValues &chosen);

/// These values as parameters of a template.
std::map<std::string, std::string> template_values(const DimensionValues &values);

} // namespace tiledir::driver
