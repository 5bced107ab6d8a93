#include "driver/raster/pyramid/tile_pyramid.h"

#include "driver/raster/pyramid/overview.h"
#include "driver/raster/tile/tile_codec.h"
#include "driver/raster/tile/tile_decoder.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace tiledir::raster
{

namespace
{

/// A tile's part of the next finer matrix, in its pixels; edges may lie between pixels.
struct FinerPart
{
    double col;
    double row;
    double step; ///< pixels along a pixel of the tile
};

FinerPart part_under(const Pyramid &pyramid, const stac::TileId &tile)
{
    const stac::TileMatrix &finer = pyramid.matrix(tile.level + 1);
    const stac::TileMatrix &coarser = pyramid.matrix(tile.level);
    const stac::Bounds bounds = coarser.tile_bounds(tile.row, tile.col);
    return {(bounds.min_x - finer.origin_x) / finer.cell_size, (finer.top() - bounds.max_y) / finer.cell_size,
            coarser.cell_size / finer.cell_size};
}

/// In pixels of the overview: its kernel's radius, and one for rounding; 0 where it has none.
int halo_of(const Pyramid &pyramid)
{
    return pyramid.overview_halo() / 2;
}

/// The pixels of the next finer level that the tile's own are made of, where the levels nest.
stac::PixelWindow nested_window(const TileFormat &format, const FinerPart &part, int ratio)
{
    return {std::llround(part.col), std::llround(part.row), std::int64_t{format.width} * ratio,
            std::int64_t{format.height} * ratio};
}

/// What lies on the matrix, so that kernels end at its edges; in whole pixels of the coarser level.
stac::PixelWindow within_matrix(const stac::PixelWindow &window, const stac::TileMatrix &matrix, int ratio)
{
    const stac::PixelWindow all = matrix.window();
    if (!window.intersection(all))
    {
        return window;
    }
    const auto before = [ratio](std::int64_t first) { return first < 0 ? -first / ratio * ratio : 0; };
    const auto after = [ratio](std::int64_t end, std::int64_t last)
    { return end > last ? (end - last) / ratio * ratio : 0; };
    const std::int64_t left = before(window.col);
    const std::int64_t top = before(window.row);
    return {window.col + left, window.row + top, window.width - left - after(window.col + window.width, all.width),
            window.height - top - after(window.row + window.height, all.height)};
}

/// What is wanted of a stored tile.
TileSpec spec_of(const TileFormat &format)
{
    TileSpec spec;
    spec.columns.size = format.width;
    spec.rows.size = format.height;
    spec.type = format.type;
    spec.nodata.assign(static_cast<std::size_t>(format.bands), format.nodata);
    spec.last_is_alpha = format.alpha;
    return spec;
}

/// The mask as one more band.
PixelBlock with_mask(const DecodedTile &tile, const TileFormat &format)
{
    PixelBlock block(format.width, format.height, format.block_bands(), format.type);
    std::copy_n(tile.pixels.data(), tile.pixels.size(), block.data());
    const unsigned char all = 255;
    const bool is_whole = tile.validity.empty();
    GDALCopyWords64(is_whole ? &all : tile.validity.data(), GDT_Byte, is_whole ? 0 : 1, block.data(format.bands),
                    format.type, block.pixel_size(), static_cast<GPtrDiff_t>(format.width) * format.height);
    return block;
}

/// The block and, as one more band, a mask that is 255 in these parts of its window.
PixelBlock with_mask(const PixelBlock &pixels, const std::vector<stac::PixelWindow> &parts,
                     const stac::PixelWindow &window)
{
    PixelBlock masked(pixels.width(), pixels.height(), pixels.bands() + 1, pixels.type());
    std::copy_n(pixels.data(), pixels.size(), masked.data());
    const double valid = 255;
    for (const stac::PixelWindow &part : parts)
    {
        for (std::int64_t row = part.row - window.row; row < part.row - window.row + part.height; ++row)
        {
            GDALCopyWords(&valid, GDT_Float64, 0,
                          masked.data(pixels.bands(), static_cast<int>(row)) +
                              (part.col - window.col) * masked.pixel_size(),
                          masked.type(), masked.pixel_size(), static_cast<int>(part.width));
        }
    }
    return masked;
}

} // namespace

int Pyramid::overview_halo() const
{
    // A kernel of radius r covers r pixels of the overview, twice as many of the level below, and one for rounding; an
    // even number, so that the pixels of both levels align.
    const int radius = kernel_radius(overview_resampling);
    return radius == 0 ? 0 : 2 * (radius + 1);
}

int Pyramid::reach(int level) const
{
    if (const auto ratio = grid.ratio(level, level - 1))
    {
        return halo_of(*this) * *ratio;
    }
    constexpr int kRounding = 2; // the window's edges lie between pixels, and its size is rounded up
    const double step = matrix(level - 1).cell_size / matrix(level).cell_size;
    return static_cast<int>(std::ceil(halo_of(*this) * step)) + kRounding;
}

PixelBlock TilePyramid::empty_block(int width, int height) const
{
    const TileFormat &format = m_pyramid.format;
    PixelBlock block(width, height, format.block_bands(), format.type);
    if (format.nodata)
    {
        block.fill(*format.nodata);
        if (format.alpha || format.mask)
        {
            std::fill_n(block.data(format.block_bands() - 1), block.band_size(), static_cast<unsigned char>(0));
        }
    }
    return block;
}

bool TilePyramid::is_empty(const PixelBlock &pixels) const
{
    const TileFormat &format = m_pyramid.format;
    if (format.alpha || format.mask)
    {
        const unsigned char *last = pixels.data(format.block_bands() - 1);
        return std::all_of(last, last + pixels.band_size(), [](unsigned char byte) { return byte == 0; });
    }
    return format.nodata && pixels.all_equal(*format.nodata);
}

TilePyramid::Block TilePyramid::read(const stac::TileId &tile) const
{
    const auto bytes = m_store.read(m_pyramid.key(tile));
    return bytes ? decode(tile, *bytes) : nullptr;
}

TilePyramid::Block TilePyramid::decode(const stac::TileId &tile, const store::Bytes &bytes) const
{
    const TileFormat &format = m_pyramid.format;
    const std::string path = m_store.path(m_pyramid.key(tile));
    DecodedTile decoded = decode_tile(bytes, path, spec_of(format));
    if (!format.mask && !decoded.validity.empty() && decoded.bands.size() > static_cast<std::size_t>(format.bands) &&
        decoded.bands.back() == GCI_AlphaBand)
    {
        throw TileError(path, "has an alpha band, which the item does not tell of and which would get lost");
    }
    return std::make_shared<const PixelBlock>(format.mask ? with_mask(decoded, format) : std::move(decoded.pixels));
}

store::Bytes TilePyramid::encode(const stac::TileId &tile, const PixelBlock &pixels) const
{
    return encode_tile(m_pyramid.format, pixels, m_pyramid.matrix(tile.level).tile_bounds(tile.row, tile.col));
}

PixelBlock TilePyramid::pixels(int level, const stac::PixelWindow &window, const ReadTile &read) const
{
    const stac::TileMatrix &matrix = m_pyramid.matrix(level);
    PixelBlock pixels = empty_block(static_cast<int>(window.width), static_cast<int>(window.height));
    const auto tiles = matrix.tiles_of(window).intersection(matrix.range());
    std::vector<stac::PixelWindow> parts;
    std::int64_t covered = 0;
    for (std::int64_t row = tiles ? tiles->min_row : 0; tiles && row <= tiles->max_row; ++row)
    {
        for (std::int64_t col = tiles->min_col; col <= tiles->max_col; ++col)
        {
            if (const Block tile = read({level, row, col}))
            {
                const stac::PixelWindow at = matrix.tile_window(row, col);
                parts.push_back(at.intersection(window).value());
                covered += parts.back().width * parts.back().height;
                paste(parts.back(), *tile, at, pixels, window);
            }
        }
    }
    const bool whole = covered == window.width * window.height;
    return m_pyramid.can_be_absent() || whole ? std::move(pixels) : with_mask(pixels, parts, window);
}

stac::PixelWindow TilePyramid::window_under(const stac::TileId &tile) const
{
    const TileFormat &format = m_pyramid.format;
    const FinerPart part = part_under(m_pyramid, tile);
    if (const auto ratio = m_pyramid.grid.ratio(tile.level + 1, tile.level))
    {
        return within_matrix(nested_window(format, part, *ratio).grown(m_pyramid.reach(tile.level + 1)),
                             m_pyramid.matrix(tile.level + 1), *ratio);
    }
    const std::int64_t margin = m_pyramid.reach(tile.level + 1) - 1;
    return {static_cast<std::int64_t>(std::floor(part.col)) - margin,
            static_cast<std::int64_t>(std::floor(part.row)) - margin,
            std::llround(std::ceil(format.width * part.step)) + 2 * margin + 1,
            std::llround(std::ceil(format.height * part.step)) + 2 * margin + 1};
}

stac::PixelWindow TilePyramid::pixels_under(const stac::TileId &tile) const
{
    const stac::Bounds bounds = m_pyramid.matrix(tile.level).tile_bounds(tile.row, tile.col);
    return m_pyramid.matrix(tile.level + 1).pixels_covering(bounds);
}

stac::TileRange TilePyramid::tiles_under(const stac::TileId &tile) const
{
    const stac::TileMatrix &finer = m_pyramid.matrix(tile.level + 1);
    return finer.tiles_of(window_under(tile)).intersection(finer.range()).value_or(stac::TileRange{0, -1, 0, -1});
}

/// A kernel that reaches over the tile's edge would bring data into a tile that has none under it.
bool TilePyramid::has_data_only_around(const stac::TileId &tile, const PixelBlock &finer) const
{
    if (!m_pyramid.can_be_absent() || m_pyramid.reach(tile.level + 1) == 0)
    {
        return false;
    }
    const stac::PixelWindow around = window_under(tile);
    const auto under = pixels_under(tile).intersection(around);
    return !under ||
           is_empty(finer.part(static_cast<int>(under->col - around.col), static_cast<int>(under->row - around.row),
                               static_cast<int>(under->width), static_cast<int>(under->height)));
}

PixelBlock TilePyramid::overview(const stac::TileId &tile, const PixelBlock &finer) const
{
    const TileFormat &format = m_pyramid.format;
    if (has_data_only_around(tile, finer))
    {
        return empty_block(format.width, format.height);
    }
    const bool has_holes = finer.bands() > format.block_bands();
    // GDAL takes 255 of 16 bits for next to transparent.
    const bool has_alpha = format.alpha || (format.mask_is_alpha && format.type == GDT_Byte);
    const LastBand last = has_alpha ? LastBand::Alpha : format.mask || has_holes ? LastBand::Mask : LastBand::Plain;
    const FinerPart part = part_under(m_pyramid, tile);
    if (const auto ratio = m_pyramid.grid.ratio(tile.level + 1, tile.level))
    {
        const stac::PixelWindow around = window_under(tile);
        const stac::PixelWindow own = nested_window(format, part, *ratio);
        const stac::PixelWindow made{(around.col - own.col) / *ratio, (around.row - own.row) / *ratio,
                                     around.width / *ratio, around.height / *ratio};
        const stac::PixelWindow whole{0, 0, format.width, format.height};
        PixelBlock overview = make_overview(finer, *ratio, m_pyramid.overview_resampling, format.nodata, last);
        if (made == whole && !has_holes)
        {
            return overview;
        }
        PixelBlock cut = empty_block(format.width, format.height);
        paste(made.intersection(whole).value(), overview, made, cut, whole);
        return cut;
    }
    const stac::PixelWindow around = window_under(tile);
    PixelBlock overview =
        make_overview(finer,
                      {part.col - static_cast<double>(around.col), part.row - static_cast<double>(around.row),
                       format.width * part.step, format.height * part.step},
                      format.width, format.height, m_pyramid.overview_resampling, format.nodata, last);
    if (!has_holes)
    {
        return overview;
    }
    PixelBlock without_mask = empty_block(format.width, format.height);
    without_mask.paste(overview, 0, 0, format.width, format.height, 0, 0);
    return without_mask;
}

} // namespace tiledir::raster
