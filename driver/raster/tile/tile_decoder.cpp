#include "driver/raster/tile/tile_decoder.h"

#include "driver/raster/input/raster_file.h"
#include "driver/raster/tile/open_tile.h"
#include "driver/raster/tile/tile_format.h"
#include "stac/error.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace tiledir::raster
{

namespace
{

constexpr unsigned char kValid = 255;

/// How the stored bands are those that are wanted.
enum class Bands
{
    Same,
    AlphaIsExtra,
    AlphaIsMissing,
    Palette
};

std::optional<Bands> bands_of(const OpenTile &stored, const TileSpec &spec)
{
    const int wanted = spec.bands();
    if (stored.bands() == wanted)
    {
        return Bands::Same;
    }
    if (stored.bands() == 1 && (wanted == 3 || wanted == 4) && stored.band(1).GetColorTable() != nullptr)
    {
        return Bands::Palette;
    }
    if (stored.bands() == wanted + 1 && stored.band(wanted + 1).GetColorInterpretation() == GCI_AlphaBand)
    {
        return Bands::AlphaIsExtra;
    }
    if (stored.bands() == wanted - 1 && spec.last_is_alpha)
    {
        return Bands::AlphaIsMissing;
    }
    return std::nullopt;
}

/// What an alpha of 255 is in a band of this type.
std::uint16_t opaque(GDALDataType type)
{
    return type == GDT_UInt16 ? 65535 : kValid;
}

class Decoding
{
public:
    Decoding(const OpenTile &stored, const TileSpec &spec, Bands bands, const StoredPart &columns,
             const StoredPart &rows);
    DecodedTile run() &&;

private:
    using Plane = std::vector<unsigned char>; ///< a byte for each pixel of the tile; empty: all are valid

    std::size_t plane_size() const { return static_cast<std::size_t>(m_spec.columns.size) * m_spec.rows.size; }
    /// Of a stored row's first pixel.
    std::size_t plane_offset(int row) const
    {
        return static_cast<std::size_t>(m_rows.to + row) * m_spec.columns.size + m_columns.to;
    }
    unsigned char *place(int band) { return pixels().data(band, m_rows.to) + column_offset(); }
    std::size_t column_offset() const { return static_cast<std::size_t>(m_columns.to) * m_tile.pixels.pixel_size(); }
    PixelBlock &pixels() { return m_tile.pixels; }
    bool is_cut() const { return m_columns.count < m_spec.columns.size || m_rows.count < m_spec.rows.size; }

    void fill_with_nodata();
    bool read_blocks();
    void read_bands(int count);
    void read_palette();
    void make_signed(int band);
    void take_colors();
    Plane plane_of(GDALRasterBand &mask) const;
    bool says_nothing_of_data() const;
    void take_mask();
    Plane take_nodata();
    void burn(int band, const Plane &plane);
    void write_alpha(const Plane &plane);
    void keep(Plane &&plane);

    const OpenTile &m_stored;
    const TileSpec &m_spec;
    const Bands m_bands;
    const StoredPart m_columns;
    const StoredPart m_rows;
    DecodedTile m_tile;
    Plane m_palette_alpha;
};

Decoding::Decoding(const OpenTile &stored, const TileSpec &spec, Bands bands, const StoredPart &columns,
                   const StoredPart &rows)
    : m_stored(stored)
    , m_spec(spec)
    , m_bands(bands)
    , m_columns(columns)
    , m_rows(rows)
{
    m_tile.pixels = PixelBlock(spec.columns.size, spec.rows.size, spec.bands(), spec.type);
}

DecodedTile Decoding::run() &&
{
    if (is_cut())
    {
        fill_with_nodata();
    }
    if (m_bands == Bands::Palette)
    {
        read_palette();
    }
    else
    {
        read_bands(std::min(m_stored.bands(), m_spec.bands()));
    }
    if (m_spec.masks)
    {
        take_colors();
        take_mask();
    }
    return std::move(m_tile);
}

void Decoding::take_colors()
{
    for (int band = 1; band <= m_stored.bands(); ++band)
    {
        m_tile.bands.push_back(m_stored.band(band).GetColorInterpretation());
    }
    if (m_spec.bands() == 1)
    {
        m_tile.colors = colors_of(m_stored.band(1));
    }
}

void Decoding::fill_with_nodata()
{
    for (int band = 0; band < m_spec.bands(); ++band)
    {
        unsigned char value[16] = {};
        m_spec.nodata[band].value_or(NodataValue(0)).write(m_spec.type, value);
        GDALCopyWords64(value, m_spec.type, 0, pixels().data(band), m_spec.type, pixels().pixel_size(),
                        static_cast<GPtrDiff_t>(pixels().width()) * pixels().height());
    }
}

/// Straight from the file, past GDAL's block cache, where blocks are whole rows of the only band.
bool Decoding::read_blocks()
{
    GDALRasterBand &band = m_stored.band(1);
    int width = 0;
    int height = 0;
    band.GetBlockSize(&width, &height);
    if (m_stored.bands() != 1 || band.GetRasterDataType() != m_spec.type || is_cut() ||
        band.GetXSize() != m_columns.count || band.GetYSize() != m_rows.count || width != m_columns.count ||
        m_rows.count % height != 0)
    {
        return false;
    }
    for (int block = 0; block < m_rows.count / height; ++block)
    {
        m_stored.check(band.ReadBlock(0, block, pixels().data(0, block * height)));
    }
    return true;
}

void Decoding::read_bands(int count)
{
    if (count == 1 && read_blocks())
    {
        return;
    }
    m_stored.check(m_stored.dataset().RasterIO(GF_Read, m_columns.from, m_rows.from, m_columns.count, m_rows.count,
                                               place(0), m_columns.count, m_rows.count, m_spec.type, count, nullptr,
                                               pixels().pixel_size(), static_cast<GSpacing>(pixels().row_size()),
                                               static_cast<GSpacing>(pixels().band_size()), nullptr));
    for (int band = 0; band < count && m_spec.type != GDT_Byte; ++band)
    {
        if (is_signed_byte(m_stored.band(band + 1)))
        {
            make_signed(band);
        }
    }
}

/// GDAL before 3.7 has signed bytes as Byte, and says so.
void Decoding::make_signed(int band)
{
    std::vector<double> values(static_cast<std::size_t>(m_columns.count));
    for (int row = 0; row < m_rows.count; ++row)
    {
        unsigned char *line = place(band) + row * pixels().row_size();
        GDALCopyWords(line, m_spec.type, pixels().pixel_size(), values.data(), GDT_Float64, sizeof(double),
                      m_columns.count);
        for (double &value : values)
        {
            value = value > 127 ? value - 256 : value;
        }
        GDALCopyWords(values.data(), GDT_Float64, sizeof(double), line, m_spec.type, pixels().pixel_size(),
                      m_columns.count);
    }
}

/// The colours of each index as red, green, blue and alpha; of an index that the table lacks none.
void Decoding::read_palette()
{
    const GDALColorTable &table = *m_stored.band(1).GetColorTable();
    std::vector<std::uint16_t> indices(static_cast<std::size_t>(m_columns.count) * m_rows.count);
    m_stored.check(m_stored.dataset().RasterIO(GF_Read, m_columns.from, m_rows.from, m_columns.count, m_rows.count,
                                               indices.data(), m_columns.count, m_rows.count, GDT_UInt16, 1, nullptr, 0,
                                               0, 0, nullptr));
    const int known = table.GetColorEntryCount();
    std::vector<GDALColorEntry> colors(static_cast<std::size_t>(known) + 1); // the last one: none
    for (int index = 0; index < known; ++index)
    {
        colors[index] = *table.GetColorEntry(index);
    }
    const auto size = static_cast<std::size_t>(pixels().pixel_size());
    std::vector<unsigned char> values(colors.size() * size);
    short GDALColorEntry::*const parts[] = {&GDALColorEntry::c1, &GDALColorEntry::c2, &GDALColorEntry::c3,
                                            &GDALColorEntry::c4};
    m_palette_alpha.resize(plane_size());
    for (int band = 0; band < m_spec.bands(); ++band)
    {
        GDALCopyWords(&(colors[0].*parts[band]), GDT_Int16, sizeof(GDALColorEntry), values.data(), m_spec.type,
                      static_cast<int>(size), known + 1);
        const std::uint16_t *index = indices.data();
        for (int row = 0; row < m_rows.count; ++row)
        {
            unsigned char *pixel = place(band) + row * pixels().row_size();
            for (int col = 0; col < m_columns.count; ++col, ++index, pixel += size)
            {
                std::memcpy(pixel, values.data() + std::min<int>(*index, known) * size, size);
            }
        }
    }
    const std::uint16_t *index = indices.data();
    for (int row = 0; row < m_rows.count; ++row)
    {
        for (int col = 0; col < m_columns.count; ++col)
        {
            m_palette_alpha[plane_offset(row) + col] =
                static_cast<unsigned char>(colors[std::min<int>(*index++, known)].c4);
        }
    }
}

Decoding::Plane Decoding::plane_of(GDALRasterBand &mask) const
{
    Plane plane(plane_size());
    m_stored.check(mask.RasterIO(GF_Read, m_columns.from, m_rows.from, m_columns.count, m_rows.count,
                                 plane.data() + plane_offset(0), m_columns.count, m_rows.count, GDT_Byte, 1,
                                 m_spec.columns.size, nullptr));
    return plane;
}

/// A cheap answer for the most common tiles.
bool Decoding::says_nothing_of_data() const
{
    if (m_stored.may_have_mask() || m_bands != Bands::Same)
    {
        return false;
    }
    for (int band = 0; band < m_spec.bands(); ++band)
    {
        if (!NodataValue::is_told(m_stored.band(band + 1), m_spec.nodata[band]) ||
            (m_tile.bands[band] == GCI_AlphaBand && m_spec.needs_validity()))
        {
            return false;
        }
    }
    return true;
}

void Decoding::take_mask()
{
    if (says_nothing_of_data())
    {
        keep({});
        return;
    }
    GDALRasterBand &first = m_stored.band(1);
    const int flags = first.GetMaskFlags();
    Plane plane;
    const bool by_value = (flags & GMF_NODATA) != 0 && (flags & GMF_PER_DATASET) == 0;
    if (m_bands == Bands::Palette)
    {
        plane = std::move(m_palette_alpha);
    }
    else if (by_value)
    {
        plane = take_nodata();
    }
    else if ((flags & GMF_ALL_VALID) == 0 && ((flags & GMF_ALPHA) == 0 || m_bands == Bands::AlphaIsExtra))
    {
        plane = plane_of(*first.GetMaskBand());
        for (int band = 0; band < m_spec.bands(); ++band)
        {
            burn(band, plane);
        }
    }
    else if ((flags & GMF_ALPHA) != 0 && m_spec.needs_validity())
    {
        plane = plane_of(*first.GetMaskBand());
    }
    if (m_bands == Bands::Palette && m_spec.bands() == 3)
    {
        for (int band = 0; band < m_spec.bands(); ++band)
        {
            burn(band, plane);
        }
    }
    if (m_bands == Bands::AlphaIsMissing)
    {
        write_alpha(plane);
    }
    keep(std::move(plane));
}

/// Of the tile's own nodata: a pixel has no data where none of its bands has.
Decoding::Plane Decoding::take_nodata()
{
    Plane valid;
    bool all_valid = false;
    for (int band = 0; band < std::min(m_stored.bands(), m_spec.bands()); ++band)
    {
        GDALRasterBand &stored = m_stored.band(band + 1);
        if (NodataValue::is_told(stored, m_spec.nodata[band]))
        {
            all_valid = all_valid || !m_spec.nodata[band];
            continue;
        }
        const Plane plane = plane_of(*stored.GetMaskBand());
        burn(band, plane);
        if (valid.empty())
        {
            valid = plane;
        }
        else
        {
            std::transform(plane.begin(), plane.end(), valid.begin(), valid.begin(),
                           [](unsigned char one, unsigned char other) { return std::max(one, other); });
        }
    }
    return all_valid ? Plane() : valid;
}

void Decoding::burn(int band, const Plane &plane)
{
    if (!m_spec.nodata[band] || plane.empty())
    {
        return;
    }
    unsigned char value[16] = {};
    m_spec.nodata[band]->write(m_spec.type, value);
    const auto size = static_cast<std::size_t>(pixels().pixel_size());
    unsigned char *pixel = pixels().data(band);
    for (const unsigned char valid : plane)
    {
        if (valid == 0)
        {
            std::memcpy(pixel, value, size);
        }
        pixel += size;
    }
}

void Decoding::write_alpha(const Plane &plane)
{
    std::vector<std::uint16_t> alpha(static_cast<std::size_t>(m_columns.count), opaque(m_spec.type));
    for (int row = 0; row < m_rows.count; ++row)
    {
        for (int col = 0; col < m_columns.count && !plane.empty(); ++col)
        {
            alpha[col] = static_cast<std::uint16_t>(plane[plane_offset(row) + col] * (opaque(m_spec.type) / kValid));
        }
        GDALCopyWords(alpha.data(), GDT_UInt16, sizeof(std::uint16_t),
                      place(m_spec.bands() - 1) + row * pixels().row_size(), m_spec.type, pixels().pixel_size(),
                      m_columns.count);
    }
}

void Decoding::keep(Plane &&plane)
{
    if (!m_spec.needs_validity())
    {
        return;
    }
    if (plane.empty() && is_cut())
    {
        plane.resize(plane_size());
        for (int row = 0; row < m_rows.count; ++row)
        {
            std::fill_n(plane.data() + plane_offset(row), m_columns.count, kValid);
        }
    }
    if (std::any_of(plane.begin(), plane.end(), [](unsigned char valid) { return valid != kValid; }))
    {
        m_tile.validity = std::move(plane);
    }
}

} // namespace

bool TileSpec::needs_validity() const
{
    return masks && !last_is_alpha &&
           std::any_of(nodata.begin(), nodata.end(), [](const auto &value) { return !value.has_value(); });
}

DecodedTile decode_tile(const store::Bytes &bytes, const std::string &path, const TileSpec &spec)
{
    const OpenTile stored(bytes, path);
    const auto columns = spec.columns.stored_part(stored.dataset().GetRasterXSize());
    const auto rows = spec.rows.stored_part(stored.dataset().GetRasterYSize());
    const auto bands = bands_of(stored, spec);
    if (!columns || !rows || !bands)
    {
        throw TileError(
            path, shape_text(stored.dataset().GetRasterXSize(), stored.dataset().GetRasterYSize(), stored.bands()) +
                      " where " + shape_text(spec.columns.stored_size(), spec.rows.stored_size(), spec.bands()) +
                      " are expected");
    }
    DecodedTile tile = Decoding(stored, spec, *bands, *columns, *rows).run();
    stored.check(CE_None);
    return tile;
}

PixelBlock decode_tile(const store::Bytes &bytes, const std::string &path, int width, int height, int bands,
                       GDALDataType type)
{
    TileSpec spec;
    spec.columns.size = width;
    spec.rows.size = height;
    spec.type = type;
    spec.nodata.resize(static_cast<std::size_t>(bands));
    spec.masks = false;
    return decode_tile(bytes, path, spec).pixels;
}

} // namespace tiledir::raster
