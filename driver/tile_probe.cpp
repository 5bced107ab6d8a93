#include "driver/tile_probe.h"

#include "driver/raster/data_type.h"
#include "driver/raster/tile_drivers.h"
#include "driver/store/gdal_compat.h"
#include "driver/store/network_path.h"

#include <cpl_conv.h>
#include <cpl_vsi.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <utility>

namespace tiledir::driver
{

namespace
{

constexpr std::size_t kMaxTilesSought = 256;
constexpr std::size_t kGrowth = 4;

constexpr std::array<std::pair<const char *, GDALColorInterp>, 5> kColors{{{"red", GCI_RedBand},
                                                                           {"green", GCI_GreenBand},
                                                                           {"blue", GCI_BlueBand},
                                                                           {"alpha", GCI_AlphaBand},
                                                                           {"gray", GCI_GrayIndex}}};

struct StoredTile
{
    std::string path;
    store::Bytes bytes;
};

/// Of the first tiles, the coarsest tile matrix first.
std::vector<std::string> first_keys(const TileSource &source, const stac::TiledAssetsItem &item)
{
    std::vector<std::string> keys;
    for (const stac::TileMatrix &matrix : item.tile_matrix_set.matrices)
    {
        const auto listed = item.limits.find(matrix.id);
        if (!item.limits.empty() && listed == item.limits.end())
        {
            continue;
        }
        const stac::TileRange tiles = item.limits.empty() ? matrix.range() : listed->second;
        for (std::int64_t row = tiles.min_row; row <= tiles.max_row && keys.size() < kMaxTilesSought; ++row)
        {
            for (std::int64_t col = tiles.min_col; col <= tiles.max_col && keys.size() < kMaxTilesSought; ++col)
            {
                keys.push_back(source.key(matrix, row, col));
            }
        }
    }
    return keys;
}

/// Asks for one tile, then for more and more at once.
std::optional<StoredTile> first_stored_tile(const TileSource &source, const stac::TiledAssetsItem &item,
                                            const store::ReadSettings &settings)
{
    const auto reader = store::open_object_reader(source.folder(), settings);
    const std::vector<std::string> keys = first_keys(source, item);
    std::size_t step = 1;
    for (std::size_t from = 0; from < keys.size(); from += std::exchange(step, step * kGrowth))
    {
        const std::vector<std::string> some(keys.begin() + static_cast<std::ptrdiff_t>(from),
                                            keys.begin() +
                                                static_cast<std::ptrdiff_t>(std::min(keys.size(), from + step)));
        std::map<std::size_t, std::shared_ptr<const store::Bytes>> found;
        reader->read(some,
                     [&found](std::size_t index, const store::ReadObject &object)
                     {
                         if (object.bytes)
                         {
                             found.emplace(index, object.bytes);
                         }
                     });
        if (!found.empty())
        {
            return StoredTile{reader->path(some[found.begin()->first]), *found.begin()->second};
        }
    }
    return std::nullopt;
}

/// Bytes under a name that GDAL opens, while it lives.
class MemoryFile
{
public:
    explicit MemoryFile(store::Bytes &bytes)
        : m_path(CPLSPrintf("/vsimem/tiledir_probe_%p", static_cast<void *>(bytes.data())))
    {
        VSIFCloseL(VSIFileFromMemBuffer(m_path.c_str(), bytes.data(), bytes.size(), FALSE));
    }
    ~MemoryFile() { VSIUnlink(m_path.c_str()); }
    MemoryFile(const MemoryFile &) = delete;
    MemoryFile &operator=(const MemoryFile &) = delete;
    const std::string &path() const { return m_path; }

private:
    std::string m_path;
};

std::optional<double> if_known(double value, int known, double plain)
{
    return known && value != plain ? std::optional<double>(value) : std::nullopt;
}

stac::ItemBand describe(GDALRasterBand &band)
{
    stac::ItemBand described;
    described.description = band.GetDescription();
    described.data_type = raster::stac_name(band.GetRasterDataType());
    described.unit = band.GetUnitType();
    described.common_name = common_name(band.GetColorInterpretation());
    int known = FALSE;
    if (band.GetRasterDataType() != GDT_Int64 && band.GetRasterDataType() != GDT_UInt64)
    {
        const double nodata = band.GetNoDataValue(&known);
        described.nodata = known ? std::optional<double>(nodata) : std::nullopt;
    }
    const double scale = band.GetScale(&known);
    described.scale = if_known(scale, known, 1);
    const double offset = band.GetOffset(&known);
    described.offset = if_known(offset, known, 0);
    return described;
}

} // namespace

std::string common_name(GDALColorInterp color)
{
    for (const auto &[name, interpretation] : kColors)
    {
        if (interpretation == color)
        {
            return name;
        }
    }
    return {};
}

GDALColorInterp color_of_common_name(const std::string &name)
{
    for (const auto &[known, interpretation] : kColors)
    {
        if (known == name)
        {
            return interpretation;
        }
    }
    return GCI_Undefined;
}

std::vector<stac::ItemBand> bands_of_stored_tile(const TileSource &source, const stac::TiledAssetsItem &item,
                                                 const store::ReadSettings &settings)
{
    auto tile = first_stored_tile(source, item, settings);
    if (!tile)
    {
        throw InputError(source.folder() + ": no tile found that shows what the item leaves out: its bands");
    }
    const MemoryFile file(tile->bytes);
    CPLErrorReset();
    const CPLErrorHandlerPusher quiet(CPLQuietErrorHandler);
    const std::unique_ptr<GDALDataset> dataset(
        GDALDataset::Open(file.path().c_str(), GDAL_OF_RASTER | GDAL_OF_INTERNAL,
                          raster::drivers_of_tile(tile->bytes, store::is_on_network(tile->path))));
    if (!dataset || dataset->GetRasterCount() == 0)
    {
        throw TileError(tile->path + ": not a raster that GDAL reads");
    }
    std::vector<stac::ItemBand> bands;
    for (int band = 1; band <= dataset->GetRasterCount(); ++band)
    {
        bands.push_back(describe(*dataset->GetRasterBand(band)));
    }
    return bands;
}

} // namespace tiledir::driver
