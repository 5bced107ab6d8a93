// Pixels of an item's tiles, by windows of its tile matrices.
#pragma once

#include "driver/raster/tile/decoded_tile.h"
#include "driver/reading/band_pixels.h"
#include "driver/reading/first_tiles.h"
#include "driver/reading/pixel_memory.h"
#include "driver/reading/reading_options.h"
#include "driver/reading/seen_colors.h"
#include "driver/reading/stored_tiles.h"
#include "driver/reading/tile_flags.h"
#include "driver/reading/tile_source.h"
#include "driver/reading/wanted_tile.h"
#include "driver/store/opening/object_reader.h"
#include "stac/item/tiled_assets_item.h"

#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace tiledir::driver
{

/// All functions may be called from many threads. Decoded tiles go through the process's TileCache, so that all bands
/// of a tile are decoded once. Over a network, a tile known to be absent is not asked for again.
class TileReader
{
public:
    /// Bands may be spread over several sources.
    TileReader(const std::vector<TileSource> &sources, stac::TileMatrixSet grid, StoredTiles stored,
               const std::map<std::string, stac::PixelBuffer> &buffers, std::vector<BandPixels> bands,
               ReadingOptions options);

    const stac::TileMatrix &matrix(int index) const { return m_grid.matrices[index]; }
    const std::vector<BandPixels> &bands() const { return m_bands; }
    bool has_one_source() const { return m_sources.size() == 1; }
    bool is_remote() const { return m_sources.front().reader->is_remote(); }
    /// Folders of its sources, as GDAL opens them.
    std::vector<std::string> folders() const;
    /// Is the tile that has the band there? Nullopt where only a request can tell.
    std::optional<bool> exists(int matrix, std::int64_t row, std::int64_t col, int band) const;
    /// Of the tile that has the band (from 0).
    std::string tile_path(int matrix, std::int64_t row, std::int64_t col, int band) const;

    /// Writes the window's pixels, those of tiles that are absent or outside of the limits as nodata. In the last
    /// column and row of a matrix tiles may be cut; what they lack is nodata. Throws TileError (corrupt, another size
    /// or band count, another colour table than the first tile's) or StoreError, naming the tile's path. Tiles that are
    /// not in memory are decoded side by side and, over a network, asked for side by side.
    void read(int matrix, const stac::PixelWindow &window, const PixelTarget &target) const;

    /// Reads a window that is small beside a tile, if its tiles are on a disk and this is one of the first such reads
    /// of them: only the part that the window shows is decoded, and not kept. False where read() is to be used instead.
    /// Throws as read().
    bool glance(int matrix, const stac::PixelWindow &window, const PixelTarget &target) const;

    /// Before tiles of a window are read one by one, by rows from the top: unless the tile at (row, col) is in memory,
    /// reads it and as many of those after it as memory has room for. Throws as read().
    void read_ahead(int matrix, const stac::PixelWindow &window, std::int64_t row, std::int64_t col, int band) const;

    /// Reads tiles ahead that will be read in this order, the first one of them being wanted now.
    void read_ahead(const std::vector<stac::TileId> &tiles, int band) const;

    /// The first tile there is of those that have the band, from the coarsest tile matrix on; null where the first
    /// `most` are absent. Throws as read().
    std::shared_ptr<const raster::DecodedTile> first_tile(int band, int most) const;
    /// Of the first tile read that has the band; null: it has none, or none was read yet.
    std::shared_ptr<const raster::ColorTable> color_table(int band) const;

    /// Tiles may have been written since: what was absent is asked for again.
    void forget_absent() const { m_absent.clear(); }

private:
    using Tile = std::shared_ptr<const raster::DecodedTile>;
    struct Source
    {
        TileSource tiles;
        std::shared_ptr<const store::ObjectReader> reader;
        std::string key_prefix; ///< from the reader's root to the tiles' folder
        WantedTile wanted;
        std::unique_ptr<SeenColors> colors; ///< null where tiles have several bands

        std::string key(const stac::TileMatrix &matrix, std::int64_t row, std::int64_t col) const
        {
            return key_prefix + tiles.key(matrix, row, col);
        }
    };
    struct Job
    {
        std::size_t source;
        int matrix;
        std::int64_t row;
        std::int64_t col;
    };
    /// May be called from many threads, for different jobs. Null: the tile is absent.
    using Use = std::function<void(const Job &job, const Tile &tile)>;

    std::vector<Job> jobs_of(int matrix, const stac::TileRange &tiles, const std::vector<int> &bands) const;
    bool may_glance(const Job &job) const;
    void glance_at(const Job &job, const stac::PixelWindow &window, const PixelTarget &target) const;
    /// Whether decoded tiles go into the process's cache.
    enum class Keep
    {
        No,
        Yes
    };
    void load(const std::vector<Job> &jobs, const Use &use, Keep keep) const;
    void load_missing(const std::vector<Job> &jobs, const Use &use, Keep keep) const;
    void note_absent(const std::string &path) const;
    void warn_of_none() const;
    bool holds_tiles() const;
    bool holds_tiles(std::size_t source) const;
    static std::size_t tiles_in_half_of_cache(const Source &source, const stac::TileMatrix &matrix);
    bool use_from_memory(const Job &job, const Use &use) const;
    void use_absent(const Job &job, const Use &use) const;
    Tile decoded(const Job &job, const store::ReadObject &object, Keep keep) const;
    std::string key(const Job &job) const;
    std::string cache_key(const Job &job, const store::Stamp &stamp) const;
    std::uint32_t layer(const Job &job) const;
    std::optional<store::ObjectState> known(const Job &job) const;
    void check_colors(const Job &job, const raster::DecodedTile &tile) const;
    void show(const Job &job, const raster::DecodedTile *tile, const stac::PixelWindow &at,
              const stac::PixelWindow &window, const PixelTarget &target) const;
    void copy(const raster::DecodedTile *tile, std::size_t source, const stac::PixelWindow &at,
              const stac::PixelWindow &window, const PixelTarget &target) const;

    std::vector<Source> m_sources;
    stac::TileMatrixSet m_grid;
    StoredTiles m_stored;
    std::vector<BandPixels> m_bands;
    ReadingOptions m_options;
    mutable std::array<TileFlags, 4> m_glances; ///< tiles that were glanced at once, twice, ...
    mutable TileFlags m_absent;                 ///< over a network only: on a disk a look costs nothing
    mutable std::atomic<bool> m_found{false};   ///< a tile
    mutable std::mutex m_first_mutex;           ///< to write what follows
    mutable std::string m_first_path;           ///< of a tile that was absent
    mutable std::atomic<bool> m_has_first_path{false};
    mutable std::atomic<bool> m_warned{false};
};

} // namespace tiledir::driver
