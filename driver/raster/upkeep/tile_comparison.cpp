#include "driver/raster/upkeep/tile_comparison.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace tiledir::raster
{

namespace
{

constexpr int kSquare = 32;           ///< pixels, over which a lossy tile's differences are averaged
constexpr double kMostLoss = 1. / 16; ///< of the range of values

std::vector<double> values_of(const PixelBlock &block, int band, int row)
{
    std::vector<double> values(static_cast<std::size_t>(block.width()));
    GDALCopyWords64(block.data(band, row), block.type(), block.pixel_size(), values.data(), GDT_Float64, sizeof(double),
                    block.width());
    return values;
}

/// Where both have no data the other bands do not count.
bool are_both_without_data(const TileFormat &format, const PixelBlock &one, const PixelBlock &other, int row, int col)
{
    if (!format.alpha && !format.mask)
    {
        return false;
    }
    const std::size_t at = static_cast<std::size_t>(col) * one.pixel_size();
    const auto is_zero = [&](const PixelBlock &block)
    {
        const unsigned char *pixel = block.data(block.bands() - 1, row) + at;
        return std::all_of(pixel, pixel + block.pixel_size(), [](unsigned char byte) { return byte == 0; });
    };
    return is_zero(one) && is_zero(other);
}

std::int64_t unlike_pixels(const TileFormat &format, const PixelBlock &one, const PixelBlock &other)
{
    std::int64_t unlike = 0;
    for (int row = 0; row < one.height(); ++row)
    {
        for (int col = 0; col < one.width(); ++col)
        {
            const std::size_t at = static_cast<std::size_t>(col) * one.pixel_size();
            bool same = true;
            for (int band = 0; band < one.bands() && same; ++band)
            {
                same = std::equal(one.data(band, row) + at, one.data(band, row) + at + one.pixel_size(),
                                  other.data(band, row) + at);
            }
            unlike += same || are_both_without_data(format, one, other, row, col) ? 0 : 1;
        }
    }
    return unlike;
}

/// The largest mean difference of a square, of the expected values' range.
double loss(const TileFormat &format, const PixelBlock &stored, const PixelBlock &expected)
{
    double lowest = 0;
    double highest = format.type == GDT_Byte ? 255 : 0;
    double largest = 0;
    for (int band = 0; band < expected.bands(); ++band)
    {
        const int columns = (expected.width() + kSquare - 1) / kSquare;
        std::vector<double> sums(static_cast<std::size_t>(columns));
        for (int row = 0; row < expected.height(); ++row)
        {
            const auto is = values_of(stored, band, row);
            const auto should_be = values_of(expected, band, row);
            for (int col = 0; col < expected.width(); ++col)
            {
                const double off =
                    are_both_without_data(format, stored, expected, row, col) ? 0 : is[col] - should_be[col];
                sums[static_cast<std::size_t>(col / kSquare)] += std::abs(off);
                lowest = std::min(lowest, should_be[col]);
                highest = std::max(highest, should_be[col]);
            }
            if ((row + 1) % kSquare == 0 || row + 1 == expected.height())
            {
                largest = std::max(largest, *std::max_element(sums.begin(), sums.end()));
                std::fill(sums.begin(), sums.end(), 0.);
            }
        }
    }
    return highest > lowest ? largest / (kSquare * kSquare) / (highest - lowest) : largest;
}

} // namespace

std::string difference(const TilePyramid &tiles, const stac::TileId &tile, const PixelBlock &stored,
                       const PixelBlock &expected)
{
    const TileFormat &format = tiles.pyramid().format;
    const std::int64_t unlike = unlike_pixels(format, stored, expected);
    if (unlike == 0)
    {
        return "";
    }
    const TilePyramid::Block again = tiles.decode(tile, tiles.encode(tile, expected));
    if (unlike_pixels(format, stored, *again) == 0)
    {
        return "";
    }
    const bool lossy = unlike_pixels(format, *again, expected) > 0;
    if (lossy && loss(format, stored, expected) <= kMostLoss)
    {
        return "";
    }
    return "is stale: " + std::to_string(unlike) + " of " +
           std::to_string(static_cast<std::int64_t>(stored.width()) * stored.height()) +
           " pixels are not what the tiles under it give";
}

} // namespace tiledir::raster
