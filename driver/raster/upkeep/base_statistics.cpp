#include "driver/raster/upkeep/base_statistics.h"

#include "driver/raster/pixels/nodata_value.h"
#include "driver/raster/pyramid/tile_pass.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

namespace tiledir::raster
{

namespace
{

/// Of numbers that come one by one, and of parts that were taken apart. (Chan, Golub, LeVeque 1979.)
struct Moments
{
    std::int64_t count = 0;
    double minimum = std::numeric_limits<double>::infinity();
    double maximum = -std::numeric_limits<double>::infinity();
    double mean = 0;
    double squares = 0; ///< sum of the squared differences from the mean

    void add(double value)
    {
        ++count;
        minimum = std::min(minimum, value);
        maximum = std::max(maximum, value);
        const double before = value - mean;
        mean += before / static_cast<double>(count);
        squares += before * (value - mean);
    }
    void add(const Moments &other)
    {
        if (other.count == 0)
        {
            return;
        }
        const auto ours = static_cast<double>(count);
        const auto theirs = static_cast<double>(other.count);
        const double apart = other.mean - mean;
        count += other.count;
        minimum = std::min(minimum, other.minimum);
        maximum = std::max(maximum, other.maximum);
        mean += apart * theirs / (ours + theirs);
        squares += other.squares + apart * apart * ours * theirs / (ours + theirs);
    }
    std::optional<stac::BandStatistics> statistics(double pixels) const
    {
        const stac::BandStatistics all{minimum, maximum, mean, std::sqrt(squares / static_cast<double>(count)),
                                       100.0 * static_cast<double>(count) / pixels};
        const bool finite = count > 0 && std::isfinite(all.minimum) && std::isfinite(all.maximum) &&
                            std::isfinite(all.mean) && std::isfinite(all.stddev);
        return finite ? std::optional(all) : std::nullopt;
    }
};

class Computation
{
public:
    Computation(const TilePyramid &tiles, const stac::PixelWindow &window, const StatisticsSettings &settings)
        : m_tiles(tiles)
        , m_format(tiles.pyramid().format)
        , m_window(window)
        , m_range(tiles.pyramid().matrix(tiles.pyramid().finest).tiles_of(window))
        , m_threads(settings.threads)
        , m_pass("statistics", static_cast<double>(m_range.count()), settings.go_on)
    {
        if (m_format.nodata)
        {
            m_format.nodata->write(m_format.type, m_nodata.data());
        }
    }

    std::vector<std::optional<stac::BandStatistics>> run();

private:
    using Bands = std::vector<Moments>;

    void take_row(std::int64_t row, Bands &bands);
    void take_tile(const stac::TileId &tile, const PixelBlock &pixels, Bands &bands) const;
    void take_line(const PixelBlock &pixels, int band, const stac::PixelWindow &part, int line, Moments &moments) const;
    const unsigned char *opacity(const PixelBlock &pixels, int band, int line) const;

    const TilePyramid &m_tiles;
    const TileFormat &m_format;
    const stac::PixelWindow m_window;
    const stac::TileRange m_range; ///< of the window's tiles
    const int m_threads;
    TilePass m_pass;
    std::array<unsigned char, 16> m_nodata{};
};

std::vector<std::optional<stac::BandStatistics>> Computation::run()
{
    const Bands none(static_cast<std::size_t>(m_format.bands));
    std::vector<Bands> rows(static_cast<std::size_t>(m_range.rows()), none);
    m_pass.for_each(m_range.rows(), m_threads,
                    [&](std::int64_t index)
                    { take_row(m_range.min_row + index, rows[static_cast<std::size_t>(index)]); });
    m_pass.check();
    const double pixels = static_cast<double>(m_window.width) * static_cast<double>(m_window.height);
    std::vector<std::optional<stac::BandStatistics>> statistics;
    for (std::size_t band = 0; band < none.size(); ++band)
    {
        Moments all;
        for (const Bands &row : rows)
        {
            all.add(row[band]);
        }
        statistics.push_back(all.statistics(pixels));
    }
    return statistics;
}

void Computation::take_row(std::int64_t row, Bands &bands)
{
    for (std::int64_t col = m_range.min_col; col <= m_range.max_col && !m_pass.is_stopped(); ++col)
    {
        const stac::TileId tile{m_tiles.pyramid().finest, row, col};
        if (const auto pixels = m_tiles.read(tile))
        {
            take_tile(tile, *pixels, bands);
        }
        m_pass.done();
    }
}

void Computation::take_tile(const stac::TileId &tile, const PixelBlock &pixels, Bands &bands) const
{
    const stac::PixelWindow whole = m_tiles.pyramid().matrix(tile.level).tile_window(tile.row, tile.col);
    stac::PixelWindow part = whole.intersection(m_window).value_or(stac::PixelWindow());
    part.col -= whole.col;
    part.row -= whole.row;
    for (int band = 0; band < m_format.bands; ++band)
    {
        Moments moments;
        for (std::int64_t line = part.row; line < part.row + part.height; ++line)
        {
            take_line(pixels, band, part, static_cast<int>(line), moments);
        }
        bands[static_cast<std::size_t>(band)].add(moments);
    }
}

/// A row of the band that leaves out pixels of this one where it is 0; null where no band does.
const unsigned char *Computation::opacity(const PixelBlock &pixels, int band, int line) const
{
    const int last = m_format.block_bands() - 1;
    return (m_format.mask || m_format.alpha) && band != last ? pixels.data(last, line) : nullptr;
}

void Computation::take_line(const PixelBlock &pixels, int band, const stac::PixelWindow &part, int line,
                            Moments &moments) const
{
    const auto size = static_cast<std::size_t>(pixels.pixel_size());
    const auto begin = static_cast<std::size_t>(part.col);
    const auto count = static_cast<std::size_t>(part.width);
    const unsigned char *stored = pixels.data(band, line) + begin * size;
    const unsigned char *opaque = opacity(pixels, band, line);
    std::vector<double> values(count);
    GDALCopyWords(stored, m_format.type, pixels.pixel_size(), values.data(), GDT_Float64, sizeof(double),
                  static_cast<int>(count));
    constexpr std::array<unsigned char, 16> kZero{};
    for (std::size_t index = 0; index < count; ++index)
    {
        const unsigned char *pixel = stored + index * size;
        const bool left_out = opaque != nullptr && std::equal(kZero.begin(), kZero.begin() + static_cast<int>(size),
                                                              opaque + (begin + index) * size);
        const bool is_nodata = m_format.nodata && std::equal(pixel, pixel + size, m_nodata.data());
        if (!left_out && !is_nodata && !std::isnan(values[index]))
        {
            moments.add(values[index]);
        }
    }
}

} // namespace

std::vector<std::optional<stac::BandStatistics>>
base_statistics(const TilePyramid &tiles, const stac::PixelWindow &window, const StatisticsSettings &settings)
{
    return Computation(tiles, window, settings).run();
}

} // namespace tiledir::raster
