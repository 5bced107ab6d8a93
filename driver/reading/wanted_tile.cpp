#include "driver/reading/wanted_tile.h"

#include <utility>

namespace tiledir::driver
{

namespace
{

std::string text_of(const raster::TileSpec &spec)
{
    std::string text = GDALGetDataTypeName(spec.type);
    for (const auto &nodata : spec.nodata)
    {
        text += nodata ? ' ' + std::to_string(nodata->number()) + '/' + std::to_string(nodata->as_int64()) : " -";
    }
    return text + (spec.last_is_alpha ? " alpha " : " ");
}

std::string text_of(const raster::TileAxis &axis)
{
    std::string text;
    for (const raster::TileAxis::Buffer &buffer : axis.buffers)
    {
        text += '+' + std::to_string(buffer.before) + '+' + std::to_string(buffer.after);
    }
    return text;
}

raster::TileAxis::Buffer columns_beside(std::int64_t col, const stac::TileRange &range, const stac::PixelBuffer &buffer)
{
    return {col == range.min_col && !buffer.border_left ? 0 : buffer.left,
            col == range.max_col && !buffer.border_right ? 0 : buffer.right};
}

raster::TileAxis::Buffer rows_beside(std::int64_t row, const stac::TileRange &range, const stac::PixelBuffer &buffer,
                                     bool upwards)
{
    const std::int64_t top = upwards ? range.max_row : range.min_row;
    const std::int64_t bottom = upwards ? range.min_row : range.max_row;
    return {row == top && !buffer.border_top ? 0 : buffer.top,
            row == bottom && !buffer.border_bottom ? 0 : buffer.bottom};
}

} // namespace

WantedTile::WantedTile(const std::vector<BandPixels> &bands, std::map<std::string, stac::TileRange> limits,
                       std::map<std::string, stac::PixelBuffer> buffers)
    : m_limits(std::move(limits))
    , m_buffers(std::move(buffers))
{
    m_bands.type = bands.front().type;
    for (const BandPixels &band : bands)
    {
        m_bands.type = GDALDataTypeUnion(m_bands.type, band.type);
        m_bands.nodata.push_back(band.nodata);
    }
    m_bands.last_is_alpha = bands.back().alpha;
    m_text = text_of(m_bands);
}

raster::TileSpec WantedTile::spec(const stac::TileMatrix &matrix, std::int64_t row, std::int64_t col) const
{
    using Cut = raster::TileAxis::Cut;
    const stac::TileRange all = matrix.range();
    const bool upwards = matrix.origin_is_bottom_left;
    raster::TileSpec spec = m_bands;
    spec.columns.size = matrix.tile_width;
    spec.columns.cut = col == all.max_col ? Cut::End : Cut::None;
    spec.rows.size = matrix.tile_height;
    spec.rows.cut = row != all.max_row ? Cut::None : upwards ? Cut::Begin : Cut::End;
    const auto buffer = m_buffers.find(matrix.id);
    if (buffer != m_buffers.end())
    {
        const auto found = m_limits.find(matrix.id);
        const stac::TileRange limits = found == m_limits.end() ? all : found->second;
        spec.columns.buffers = {columns_beside(col, limits, buffer->second), columns_beside(col, all, buffer->second)};
        spec.rows.buffers = {rows_beside(row, limits, buffer->second, upwards),
                             rows_beside(row, all, buffer->second, upwards)};
    }
    return spec;
}

std::string WantedTile::text(const stac::TileMatrix &matrix, std::int64_t row, std::int64_t col) const
{
    std::string text = m_text + std::to_string(matrix.tile_width) + 'x' + std::to_string(matrix.tile_height);
    if (!m_buffers.empty())
    {
        const raster::TileSpec wanted = spec(matrix, row, col);
        text += text_of(wanted.columns) + text_of(wanted.rows);
    }
    return text;
}

} // namespace tiledir::driver
