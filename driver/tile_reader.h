// Pixels of an item's tiles, by windows of its tile matrices.
#pragma once

#include "driver/raster/pixel_block.h"
#include "driver/reading_options.h"
#include "driver/store/object_reader.h"
#include "driver/tile_flags.h"
#include "stac/href_template.h"
#include "stac/tiled_assets_item.h"

#include <functional>
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

/// All functions may be called from many threads. Decoded tiles go through the process's TileCache, so that all bands
/// of a tile are decoded once. Over a network, a tile known to be absent is not asked for again.
class TileReader
{
public:
    /// Bands may be spread over several sources.
    TileReader(const std::vector<TileSource> &sources, stac::TileMatrixSet grid,
               std::map<std::string, stac::TileRange> limits, std::vector<BandPixels> bands, ReadingOptions options);

    const stac::TileMatrix &matrix(int index) const { return m_grid.matrices[index]; }
    const std::vector<BandPixels> &bands() const { return m_bands; }
    /// Of the tile that has the band (from 0).
    std::string tile_path(int matrix, std::int64_t row, std::int64_t col, int band) const;

    /// Writes the window's pixels, those of tiles that are absent or outside of the limits as nodata. In the last
    /// column and row of a matrix tiles may be cut; what they lack is nodata. Throws TileError (corrupt, another size
    /// or band count) or StoreError, naming the tile's path. Tiles that are not in memory are decoded side by side and,
    /// over a network, asked for side by side.
    void read(int matrix, const stac::PixelWindow &window, const PixelTarget &target) const;

    /// Before tiles of a window are read one by one, by rows from the top: unless the tile at (row, col) is in memory,
    /// reads it and as many of those after it as memory has room for. Throws as read().
    void read_ahead(int matrix, const stac::PixelWindow &window, std::int64_t row, std::int64_t col, int band) const;

private:
    using Block = std::shared_ptr<const raster::PixelBlock>;
    struct Source
    {
        TileSource tiles;
        std::shared_ptr<const store::ObjectReader> reader;
        std::string key_prefix; ///< from the reader's root to the tiles' folder
        std::vector<BandPixels> bands;
        GDALDataType type; ///< holds every band's

        std::string key(const stac::TileMatrix &matrix, std::int64_t row, std::int64_t col) const
        {
            return key_prefix + tiles.key(matrix, row, col);
        }
        raster::PixelBlock absent(int width, int height) const;
    };
    struct Job
    {
        std::size_t source;
        int matrix;
        std::int64_t row;
        std::int64_t col;
    };
    /// May be called from many threads, for different jobs. Null: the tile is absent.
    using Use = std::function<void(const Job &job, const Block &block)>;

    void load(const std::vector<Job> &jobs, const Use &use) const;
    void load_missing(const std::vector<Job> &jobs, const Use &use) const;
    std::size_t room_ahead(const Source &source, const stac::TileMatrix &matrix) const;
    bool use_from_memory(const Job &job, const Use &use) const;
    void use_absent(const Job &job, const Use &use) const;
    Block decoded(const Job &job, const store::ReadObject &object) const;
    std::string key(const Job &job) const;
    std::string cache_key(const Job &job, const store::Stamp &stamp) const;
    std::uint32_t layer(const Job &job) const;
    void copy(const raster::PixelBlock *block, std::size_t source, const stac::PixelWindow &at,
              const stac::PixelWindow &window, const PixelTarget &target) const;
    bool may_exist(int matrix, std::int64_t row, std::int64_t col) const;

    std::vector<Source> m_sources;
    stac::TileMatrixSet m_grid;
    std::map<std::string, stac::TileRange> m_limits;
    std::vector<BandPixels> m_bands;
    ReadingOptions m_options;
    mutable TileFlags m_absent; ///< over a network only: on a disk a look costs nothing
};

} // namespace tiledir::driver
