#include "driver/trees/placed_tile.h"

#include "driver/raster/input/raster_file.h"
#include "driver/raster/tile/tile_drivers.h"
#include "driver/store/gdal_errors.h"
#include "driver/store/network_path.h"
#include "driver/store/opening/object_reader.h"

#include <cpl_conv.h>
#include <cpl_vsi.h>

#include <array>
#include <cmath>
#include <memory>
#include <vector>

namespace tiledir::driver
{

namespace
{

constexpr double kSquare = 1e-6;

std::optional<FilePlace> place_of(GDALDataset &file)
{
    std::array<double, 6> values{};
    if (GDALGetGeoTransform(GDALDataset::ToHandle(&file), values.data()) != CE_None)
    {
        return std::nullopt;
    }
    const bool upright = values[2] == 0 && values[4] == 0 && values[1] > 0 && values[5] < 0;
    if (!upright || std::abs(values[1] + values[5]) > kSquare * values[1])
    {
        return std::nullopt;
    }
    FilePlace place;
    place.left = values[0];
    place.top = values[3];
    place.cell_size = values[1];
    if (const OGRSpatialReference *crs = file.GetSpatialRef())
    {
        place.crs = *crs;
    }
    return place;
}

/// A tile that came over a network and what may lie beside it, in memory while it lives; opened by drivers whose
/// formats name no other files.
class TileCopy
{
public:
    TileCopy(const TreeListing &tree, const std::string &path)
        : m_folder(CPLSPrintf("/vsimem/tiledir_place_%p", static_cast<void *>(this)))
        , m_path(m_folder + "/tile." + tree.extension)
    {
        const std::string key = path.substr(tree.folder.size() + 1);
        const std::vector<std::string> keys{key, key + ".aux.xml", key.substr(0, key.rfind('.')) + ".wld"};
        const std::array<std::string, 3> copies{m_path, m_path + ".aux.xml", m_folder + "/tile.wld"};
        const auto write = [&](std::size_t index, const store::ReadObject &object)
        {
            if (!object.bytes)
            {
                return;
            }
            VSILFILE *file = VSIFOpenL(copies.at(index).c_str(), "wb");
            VSIFWriteL(object.bytes->data(), 1, object.bytes->size(), file);
            VSIFCloseL(file);
            m_tile = index == 0 ? object.bytes : m_tile;
        };
        store::open_object_reader(tree.folder)->read(keys, write);
    }
    ~TileCopy() { VSIRmdirRecursive(m_folder.c_str()); }
    TileCopy(const TileCopy &) = delete;
    TileCopy &operator=(const TileCopy &) = delete;

    GDALDatasetUniquePtr open() const
    {
        return GDALDatasetUniquePtr(m_tile ? GDALDataset::Open(m_path.c_str(), GDAL_OF_RASTER | GDAL_OF_VERBOSE_ERROR,
                                                               raster::drivers_of_tile(*m_tile, true))
                                           : nullptr);
    }

private:
    std::string m_folder;
    std::string m_path;
    std::shared_ptr<const store::Bytes> m_tile;
};

class TileFile
{
public:
    TileFile(const TreeListing &tree, const StoredLevel &level, const TileName &name)
    {
        const std::string path = tree.path(level, name);
        const store::GdalErrors errors;
        if (store::is_on_network(path))
        {
            m_copy.emplace(tree, path);
        }
        m_file = m_copy ? m_copy->open() : raster::open_raster(path);
        if (!m_file || m_file->GetRasterCount() == 0)
        {
            throw store::gdal_failure(path, "not a raster that GDAL reads: " + errors.cause_at(path));
        }
    }
    GDALDataset &file() const { return *m_file; }

private:
    std::optional<TileCopy> m_copy; ///< outlives the file
    GDALDatasetUniquePtr m_file;
};

} // namespace

PlacedTile placed_tile(const TreeListing &tree, const StoredLevel &level, const TileName &name)
{
    const TileFile tile(tree, level, name);
    return {name, tile.file().GetRasterXSize(), tile.file().GetRasterYSize(), place_of(tile.file())};
}

bool has_data(const TreeListing &tree, const StoredLevel &level, const TileName &name)
{
    const TileFile tile(tree, level, name);
    const store::GdalErrors quiet;
    std::array<double, 2> values{};
    return tile.file().GetRasterBand(1)->ComputeRasterMinMax(FALSE, values.data()) == CE_None;
}

} // namespace tiledir::driver
