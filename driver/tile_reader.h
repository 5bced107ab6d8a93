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
    /// A template of paths as GDAL opens them. Throws InputError if it is none or has a parameter that is not known.
    TileSource(const std::string &path, const std::string &tile_matrix_set);

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
    /// `missing_is_error`: whether a tile within the limits may be absent.
    TileReader(TileSource source, stac::TileMatrixSet grid, std::map<std::string, stac::TileRange> limits,
               std::vector<BandPixels> bands, bool missing_is_error);

    const stac::TileMatrix &matrix(int index) const { return m_grid.matrices[index]; }
    const std::vector<BandPixels> &bands() const { return m_bands; }
    std::string tile_path(int matrix, std::int64_t row, std::int64_t col) const;

    /// Writes the window's pixels, those of tiles that are absent or outside of the limits as nodata. In the last
    /// column and row of a matrix tiles may be cut; what they lack is nodata. Throws TileError (corrupt, another size
    /// or band count) or StoreError, naming the tile's path.
    void read(int matrix, const stac::PixelWindow &window, const PixelTarget &target) const;

private:
    std::shared_ptr<const raster::PixelBlock> tile(int matrix, std::int64_t row, std::int64_t col) const;
    void copy(const raster::PixelBlock *block, int matrix, std::int64_t row, std::int64_t col,
              const stac::PixelWindow &window, const PixelTarget &target) const;
    std::shared_ptr<const raster::PixelBlock> decoded(const store::Bytes &bytes, int matrix, std::int64_t row,
                                                      std::int64_t col) const;
    void fill_with_nodata(raster::PixelBlock &block) const;
    bool may_exist(int matrix, std::int64_t row, std::int64_t col) const;

    TileSource m_source;
    std::unique_ptr<store::Store> m_store;
    stac::TileMatrixSet m_grid;
    std::map<std::string, stac::TileRange> m_limits;
    std::vector<BandPixels> m_bands;
    bool m_missing_is_error;
    GDALDataType m_type; ///< holds every band's
};

} // namespace tiledir::driver
