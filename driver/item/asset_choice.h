// Which of an item's assets and matrix sets make up the dataset; a list of them where they are unlike.
#pragma once

#include "driver/item/item_location.h"
#include "stac/item/tiled_assets_item.h"

#include <gdal_pam.h>

#include <string>
#include <utility>
#include <vector>

namespace tiledir::driver
{

/// The asset asked for, or all. Throws InputError where the item has none, or not the one asked for.
std::vector<stac::TileAsset> chosen_assets(const stac::TiledAssetsItem &item, const ItemLocation &location);

/// What is still to be chosen, each as connection and title: each asset, on each of several matrix sets, with each
/// combination of values of its templates' dimensions. Empty where nothing is: one asset, or several that are bands of
/// one dataset (each tells of one band, of a name that no other has, and all have the same data type). Throws
/// InputError where there are more than anyone looks through.
std::vector<std::pair<std::string, std::string>> open_choices(const stac::TiledAssetsItem &item,
                                                              const nlohmann::json &json, const ItemLocation &location);

/// The rasters that the templates of an item without a grid name, each as path and title.
std::vector<std::pair<std::string, std::string>> whole_rasters(const stac::TiledAssetsItem &item,
                                                               const ItemLocation &location, bool allow_local);

/// A dataset without bands that lists them as subdatasets.
class ChoiceList final : public GDALPamDataset
{
public:
    explicit ChoiceList(const std::vector<std::pair<std::string, std::string>> &choices);
};

} // namespace tiledir::driver
