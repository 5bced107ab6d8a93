// Pixels of an item's tiles, by windows of its tile matrices.
#pragma once

#include "driver/raster/pixel_block.h"
#include "driver/store/store.h"
#include "stac/href_template.h"
#include "stac/tiled_assets_item.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tiledir::driver
{

/// What a reader has to know of a band.
struct BandPixels
{
    GDALDataType type = GDT_Byte;
    std::optional<double> nodata; ///< pixels of absent tiles; zero without it
    std::size_t source = 0;       ///< whose tiles it is in
    int source_band = 0;          ///< which band of those, from 0
};

/// Memory that pixels are written to, laid out as GDAL's RasterIO asks for. Spacings in bytes.
struct PixelTarget
{
    unsigned char *data = nullptr;
    GDALDataType type = GDT_Byte;
    int pixel_space = 1;
    std::ptrdiff_t line_space = 0;
    std::ptrdiff_t band_space = 0;
    std::vector<int> bands; ///< from 0
};

/// Where an asset's tiles are. Immutable.
class TileSource
{
public:
    /// A template of paths as GDAL opens them, and the parameters that are the same for all tiles (TileMatrixSet).
    /// Throws InputError if it is none or has a parameter that is not known.
    TileSource(const std::string &path, std::map<std::string, std::string> values);

    /// The folder of all tiles, as GDAL opens it.
    const std::string &folder() const { return m_folder; }
    /// A tile below that folder.
    std::string key(const stac::TileMatrix &matrix, std::int64_t row, std::int64_t col) const
    {
        return m_template.expand(matrix, row, col, m_values);
    }

private:
    std::string m_folder;
    stac::HrefTemplate m_template;
    std::map<std::string, std::string> m_values;
};

/// Immutable; all functions may be called from many threads. Decoded tiles go through the process's TileCache, so
/// that all bands of a tile are decoded once.
class TileReader
{
public:
    /// Bands may be spread over several sources. `missing_is_error`: whether a tile within the limits must be there.
    TileReader(const std::vector<TileSource> &sources, stac::TileMatrixSet grid,
               std::map<std::string, stac::TileRange> limits, std::vector<BandPixels> bands, bool missing_is_error);

    const stac::TileMatrix &matrix(int index) const { return m_grid.matrices[index]; }
    const std::vector<BandPixels> &bands() const { return m_bands; }
    /// Of the tile that has the band (from 0).
    std::string tile_path(int matrix, std::int64_t row, std::int64_t col, int band) const;

    /// Writes the window's pixels, those of tiles that are absent or outside of the limits as nodata. In the last
    /// column and row of a matrix tiles may be cut; what they lack is nodata. Throws TileError (corrupt, another size
    /// or band count) or StoreError, naming the tile's path.
    void read(int matrix, const stac::PixelWindow &window, const PixelTarget &target) const;

private:
    struct Source
    {
        TileSource tiles;
        std::unique_ptr<store::Store> store;
        std::vector<BandPixels> bands;
        GDALDataType type; ///< holds every band's

        std::string path(const std::string &key) const { return store->path(key); }
        raster::PixelBlock absent(int width, int height) const;
    };
    std::shared_ptr<const raster::PixelBlock> tile(const Source &source, int matrix, std::int64_t row,
                                                   std::int64_t col) const;
    std::shared_ptr<const raster::PixelBlock> decoded(const Source &source, const store::Bytes &bytes, int matrix,
                                                      std::int64_t row, std::int64_t col) const;
    void copy(const raster::PixelBlock *block, std::size_t source, const stac::PixelWindow &at,
              const stac::PixelWindow &window, const PixelTarget &target) const;
    bool may_exist(int matrix, std::int64_t row, std::int64_t col) const;

    std::vector<Source> m_sources;
    stac::TileMatrixSet m_grid;
    std::map<std::string, stac::TileRange> m_limits;
    std::vector<BandPixels> m_bands;
    bool m_missing_is_error;
};

} // namespace tiledir::driver
