#include "driver/reading/tile_reader.h"

#include "driver/raster/tile/tile_cache.h"
#include "driver/raster/tile/tile_decoder.h"
#include "driver/store/task_queue.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <utility>

namespace tiledir::driver
{

namespace
{

/// Tiles that are read ahead at once.
constexpr std::size_t kMaxTilesAhead = 256;
/// A window is small that shows less of a tile.
constexpr std::int64_t kSmallPart = 16;

/// One value as a band of its type holds it.
using Value = std::array<unsigned char, 16>;

Value nodata_of(const BandPixels &band)
{
    alignas(16) Value value{};
    band.nodata.value_or(raster::NodataValue(0)).write(band.type, value.data());
    return value;
}

/// Bytes of a mask from a pixel on; all the same where the step is 0.
struct Validity
{
    const unsigned char *data;
    int step;
};

Validity validity_of(const raster::DecodedTile *tile, int row, std::int64_t col)
{
    static constexpr std::array<unsigned char, 2> kNoneAndAll{0, 255};
    if (tile == nullptr || tile->validity.empty())
    {
        return {&kNoneAndAll[tile == nullptr ? 0 : 1], 0};
    }
    return {tile->validity.data() + static_cast<std::ptrdiff_t>(row) * tile->pixels.width() + col, 1};
}

} // namespace

TileReader::TileReader(const std::vector<TileSource> &sources, stac::TileMatrixSet grid, StoredTiles stored,
                       const std::map<std::string, stac::PixelBuffer> &buffers, std::vector<BandPixels> bands,
                       ReadingOptions options)
    : m_grid(std::move(grid))
    , m_stored(std::move(stored))
    , m_bands(std::move(bands))
    , m_options(std::move(options))
{
    std::vector<std::vector<BandPixels>> bands_of(sources.size());
    for (const BandPixels &band : m_bands)
    {
        bands_of[band.source].push_back(band);
    }
    const std::string shared = shared_folder(sources);
    std::shared_ptr<const store::ObjectReader> reader;
    for (std::size_t index = 0; index < sources.size(); ++index)
    {
        const std::vector<BandPixels> &own = bands_of[index];
        const std::string &folder = sources[index].folder();
        if (shared.empty() || !reader)
        {
            reader = store::open_object_reader(shared.empty() ? folder : shared, m_options.store);
        }
        const bool below = !shared.empty() && folder.size() > shared.size();
        const std::string prefix = below ? folder.substr(shared.size() + 1) + '/' : std::string();
        m_sources.push_back({sources[index], reader, prefix, WantedTile(own, m_stored.limits, buffers),
                             own.size() == 1 ? std::make_unique<SeenColors>() : nullptr});
    }
}

std::vector<std::string> TileReader::folders() const
{
    std::vector<std::string> folders;
    std::transform(m_sources.begin(), m_sources.end(), std::back_inserter(folders),
                   [](const Source &source) { return source.tiles.folder(); });
    return folders;
}

std::string TileReader::tile_path(int matrix, std::int64_t row, std::int64_t col, int band) const
{
    const Source &source = m_sources[m_bands[band].source];
    return source.reader->path(source.key(m_grid.matrices[matrix], row, col));
}

std::string TileReader::key(const Job &job) const
{
    return m_sources[job.source].key(m_grid.matrices[job.matrix], job.row, job.col);
}

std::string TileReader::cache_key(const Job &job, const store::Stamp &stamp) const
{
    const Source &source = m_sources[job.source];
    const stac::TileMatrix &matrix = m_grid.matrices[job.matrix];
    return source.reader->path(key(job)) + '\n' + stamp.text + '\n' + source.wanted.text(matrix, job.row, job.col);
}

std::uint32_t TileReader::layer(const Job &job) const
{
    return static_cast<std::uint32_t>(job.source * m_grid.matrices.size() + static_cast<std::size_t>(job.matrix));
}

void TileReader::use_absent(const Job &job, const Use &use) const
{
    const store::ObjectReader &reader = *m_sources[job.source].reader;
    if (m_options.missing_is_error)
    {
        throw TileError(reader.path(key(job)), "absent, and open option MISSING_TILES is ERROR");
    }
    note_absent(reader.path(key(job)));
    if (reader.is_remote())
    {
        m_absent.insert(layer(job), job.row, job.col);
    }
    use(job, nullptr);
}

/// Of a tile that may exist, what can be told without a request.
std::optional<store::ObjectState> TileReader::known(const Job &job) const
{
    const store::ObjectReader &reader = *m_sources[job.source].reader;
    if (reader.is_remote() && m_absent.contains(layer(job), job.row, job.col))
    {
        return store::ObjectState{};
    }
    return reader.known(key(job));
}

/// True where nothing had to be read for it.
bool TileReader::use_from_memory(const Job &job, const Use &use) const
{
    if (!m_stored.may_exist(m_grid.matrices[job.matrix], job.row, job.col))
    {
        use(job, nullptr);
        return true;
    }
    const auto state = known(job);
    if (!state)
    {
        return false;
    }
    if (!state->stamp)
    {
        use_absent(job, use);
        return true;
    }
    m_found = true;
    const Tile tile = raster::TileCache::of_process().find(cache_key(job, *state->stamp));
    if (tile)
    {
        use(job, tile);
    }
    return tile != nullptr;
}

void TileReader::load(const std::vector<Job> &jobs, const Use &use, Keep keep) const
{
    std::vector<Job> missing;
    std::copy_if(jobs.begin(), jobs.end(), std::back_inserter(missing),
                 [&](const Job &job) { return !use_from_memory(job, use); });
    if (!missing.empty())
    {
        load_missing(missing, use, keep);
    }
}

void TileReader::load_missing(const std::vector<Job> &jobs, const Use &use, Keep keep) const
{
    std::map<const store::ObjectReader *, std::vector<Job>> by_reader;
    for (const Job &job : jobs)
    {
        by_reader[m_sources[job.source].reader.get()].push_back(job);
    }
    const auto take = [this, &use, keep](const Job &job, const store::ReadObject &object)
    { object.bytes ? use(job, decoded(job, object, keep)) : use_absent(job, use); };
    store::TaskQueue queue(std::min(m_options.threads, static_cast<int>(std::min<std::size_t>(jobs.size(), 1024))));
    for (const auto &[reader, own] : by_reader)
    {
        if (!reader->is_remote())
        {
            for (const Job &job : own)
            {
                queue.add([this, &take, &job = job, reader = reader] { take(job, reader->read(key(job))); });
            }
            continue;
        }
        std::vector<std::string> keys;
        std::transform(own.begin(), own.end(), std::back_inserter(keys), [this](const Job &job) { return key(job); });
        reader->read(keys, [&, &own = own](std::size_t index, const store::ReadObject &object)
                     { queue.add([&take, &job = own[index], object] { take(job, object); }); });
    }
    queue.finish();
}

TileReader::Tile TileReader::decoded(const Job &job, const store::ReadObject &object, Keep keep) const
{
    m_found = true;
    const Source &source = m_sources[job.source];
    const raster::TileSpec spec = source.wanted.spec(m_grid.matrices[job.matrix], job.row, job.col);
    auto tile = std::make_shared<const raster::DecodedTile>(
        raster::decode_tile(*object.bytes, source.reader->path(key(job)), spec));
    if (keep == Keep::Yes)
    {
        raster::TileCache::of_process().insert(cache_key(job, *object.stamp), tile);
    }
    return tile;
}

void TileReader::check_colors(const Job &job, const raster::DecodedTile &tile) const
{
    const Source &source = m_sources[job.source];
    const std::string fault = source.colors ? source.colors->fault_of(tile) : std::string();
    if (!fault.empty())
    {
        throw TileError(source.reader->path(key(job)), fault);
    }
}

std::shared_ptr<const raster::ColorTable> TileReader::color_table(int band) const
{
    const auto &colors = m_sources[m_bands[band].source].colors;
    return colors ? colors->table() : nullptr;
}

TileReader::Tile TileReader::first_tile(int band, int most) const
{
    Tile found;
    for (const stac::TileId &place : first_tiles(m_grid, m_stored, most))
    {
        const Job job{m_bands[band].source, place.level, place.row, place.col};
        load(
            {job}, [&found](const Job &, const Tile &tile) { found = tile; }, Keep::Yes);
        if (found)
        {
            check_colors(job, *found);
            break;
        }
    }
    return found;
}

std::optional<bool> TileReader::exists(int matrix, std::int64_t row, std::int64_t col, int band) const
{
    if (!m_stored.may_exist(m_grid.matrices[matrix], row, col))
    {
        return false;
    }
    const auto state = known({m_bands[band].source, matrix, row, col});
    return state ? std::optional(state->stamp.has_value()) : std::nullopt;
}

std::vector<TileReader::Job> TileReader::jobs_of(int matrix, const stac::TileRange &tiles,
                                                 const std::vector<int> &bands) const
{
    std::set<std::size_t> sources;
    for (const int band : bands)
    {
        sources.insert(m_bands[band].source);
    }
    std::vector<Job> jobs;
    for (std::int64_t row = tiles.min_row; row <= tiles.max_row; ++row)
    {
        for (std::int64_t col = tiles.min_col; col <= tiles.max_col; ++col)
        {
            for (const std::size_t source : sources)
            {
                jobs.push_back({source, matrix, row, col});
            }
        }
    }
    return jobs;
}

void TileReader::read(int matrix, const stac::PixelWindow &window, const PixelTarget &target) const
{
    const stac::TileMatrix &tile_matrix = m_grid.matrices[matrix];
    const std::vector<Job> jobs = jobs_of(matrix, tile_matrix.tiles_of(window), target.bands);
    // More than the cache holds drives out what is there, and would itself be gone when the next read asks for it.
    const Keep keep =
        jobs.size() > tiles_in_half_of_cache(m_sources[jobs.front().source], tile_matrix) ? Keep::No : Keep::Yes;
    load(
        jobs,
        [&](const Job &job, const Tile &tile)
        { show(job, tile.get(), tile_matrix.tile_window(job.row, job.col), window, target); },
        keep);
    warn_of_none();
}

/// True where a small part of the tile may be decoded alone: the first few times. Counts these.
bool TileReader::may_glance(const Job &job) const
{
    auto free = std::find_if(m_glances.begin(), m_glances.end(),
                             [&](TileFlags &flags) { return !flags.contains(layer(job), job.row, job.col); });
    if (free == m_glances.end())
    {
        return false;
    }
    free->insert(layer(job), job.row, job.col);
    return true;
}

bool TileReader::glance(int matrix, const stac::PixelWindow &window, const PixelTarget &target) const
{
    const stac::TileMatrix &tile_matrix = m_grid.matrices[matrix];
    const std::int64_t tile_size = static_cast<std::int64_t>(tile_matrix.tile_width) * tile_matrix.tile_height;
    if (is_remote() || m_options.whole_tiles || window.width * window.height > tile_size / kSmallPart)
    {
        return false;
    }
    const std::vector<Job> jobs = jobs_of(matrix, tile_matrix.tiles_of(window), target.bands);
    if (!std::all_of(jobs.begin(), jobs.end(), [this](const Job &job) { return may_glance(job); }))
    {
        return false;
    }
    for (const Job &job : jobs)
    {
        glance_at(job, window, target);
    }
    warn_of_none();
    return true;
}

/// Where a tile may be cut only its whole tells what is where.
void TileReader::glance_at(const Job &job, const stac::PixelWindow &window, const PixelTarget &target) const
{
    const Source &source = m_sources[job.source];
    const stac::TileMatrix &matrix = m_grid.matrices[job.matrix];
    const stac::PixelWindow at = matrix.tile_window(job.row, job.col);
    const Use show_whole = [&](const Job &, const Tile &tile) { show(job, tile.get(), at, window, target); };
    if (use_from_memory(job, show_whole))
    {
        return;
    }
    const store::ReadObject object = source.reader->read(key(job));
    if (!object.bytes)
    {
        use_absent(job, show_whole);
        return;
    }
    m_found = true;
    raster::TileSpec spec = source.wanted.spec(matrix, job.row, job.col);
    if (spec.columns.cut != raster::TileAxis::Cut::None || spec.rows.cut != raster::TileAxis::Cut::None)
    {
        show_whole(job, decoded(job, object, Keep::Yes));
        return;
    }
    const stac::PixelWindow part = at.intersection(window).value();
    spec.columns = spec.columns.part(static_cast<int>(part.col - at.col), static_cast<int>(part.width));
    spec.rows = spec.rows.part(static_cast<int>(part.row - at.row), static_cast<int>(part.height));
    const raster::DecodedTile tile = raster::decode_tile(*object.bytes, source.reader->path(key(job)), spec);
    show(job, &tile, part, window, target);
}

std::size_t TileReader::tiles_in_half_of_cache(const Source &source, const stac::TileMatrix &matrix)
{
    const std::size_t tile_bytes = static_cast<std::size_t>(matrix.tile_width) * matrix.tile_height *
                                   source.wanted.bands() * GDALGetDataTypeSizeBytes(source.wanted.type());
    const std::size_t half = raster::TileCache::of_process().max_bytes() / 2;
    return std::max<std::size_t>(1, half / std::max<std::size_t>(tile_bytes, 1));
}

void TileReader::read_ahead(int matrix, const stac::PixelWindow &window, std::int64_t row, std::int64_t col,
                            int band) const
{
    const stac::TileMatrix &tile_matrix = m_grid.matrices[matrix];
    const stac::TileRange tiles = tile_matrix.tiles_of(window);
    const std::size_t room =
        std::min(kMaxTilesAhead, tiles_in_half_of_cache(m_sources[m_bands[band].source], tile_matrix));
    const std::int64_t down = tile_matrix.origin_is_bottom_left ? -1 : 1;
    std::vector<stac::TileId> places;
    while (places.size() < room && row >= tiles.min_row && row <= tiles.max_row)
    {
        places.push_back({matrix, row, col});
        row += col < tiles.max_col ? 0 : down;
        col = col < tiles.max_col ? col + 1 : tiles.min_col;
    }
    read_ahead(places, band);
}

void TileReader::read_ahead(const std::vector<stac::TileId> &tiles, int band) const
{
    const Use nothing = [](const Job &, const Tile &) {};
    std::vector<Job> jobs;
    for (const stac::TileId &place : tiles)
    {
        const Job job{m_bands[band].source, place.level, place.row, place.col};
        if (!use_from_memory(job, nothing))
        {
            jobs.push_back(job);
        }
        else if (jobs.empty())
        {
            return;
        }
    }
    if (!jobs.empty())
    {
        load_missing(jobs, nothing, Keep::Yes);
    }
}

/// Copies a tile's pixels to whoever reads. A tile whose colours are not the first one's is an error.
void TileReader::show(const Job &job, const raster::DecodedTile *tile, const stac::PixelWindow &at,
                      const stac::PixelWindow &window, const PixelTarget &target) const
{
    if (tile != nullptr)
    {
        check_colors(job, *tile);
    }
    copy(tile, job.source, at, window, target);
}

/// Of one tile, at `at`, what the window shows of it in those bands that this source has.
void TileReader::copy(const raster::DecodedTile *tile, std::size_t source, const stac::PixelWindow &at,
                      const stac::PixelWindow &window, const PixelTarget &target) const
{
    const stac::PixelWindow part = at.intersection(window).value();
    const auto width = static_cast<int>(part.width);
    for (std::size_t index = 0; index < target.bands.size(); ++index)
    {
        const BandPixels &band = m_bands[target.bands[index]];
        if (band.source != source)
        {
            continue;
        }
        alignas(16) const Value nodata = nodata_of(band);
        for (std::int64_t line = part.row; line < part.row + part.height; ++line)
        {
            unsigned char *to = target.data + static_cast<std::ptrdiff_t>(index) * target.band_space +
                                (line - window.row) * target.line_space + (part.col - window.col) * target.pixel_space;
            const auto tile_row = static_cast<int>(line - at.row);
            if (target.mask)
            {
                const Validity valid = validity_of(tile, tile_row, part.col - at.col);
                GDALCopyWords(valid.data, GDT_Byte, valid.step, to, target.type, target.pixel_space, width);
            }
            else if (tile != nullptr)
            {
                const raster::PixelBlock &pixels = tile->pixels;
                const unsigned char *from =
                    pixels.data(band.source_band, tile_row) + (part.col - at.col) * pixels.pixel_size();
                GDALCopyWords(from, pixels.type(), pixels.pixel_size(), to, target.type, target.pixel_space, width);
            }
            else
            {
                GDALCopyWords(nodata.data(), band.type, 0, to, target.type, target.pixel_space, width);
            }
        }
    }
}

} // namespace tiledir::driver
