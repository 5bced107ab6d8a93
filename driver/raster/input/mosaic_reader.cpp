#include "driver/raster/input/mosaic_reader.h"

#include "driver/raster/input/file_part.h"
#include "driver/raster/input/raster_file.h"
#include "driver/raster/resample/separable_resampler.h"
#include "driver/store/gdal_errors.h"
#include "stac/error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <list>
#include <optional>
#include <unordered_map>
#include <utility>

namespace tiledir::raster
{

namespace
{

constexpr std::size_t kMaxOpenFiles = 64;

bool is_resampled(const MosaicSource &source)
{
    return !source.aligned && source.resampling != Resampling::Nearest;
}

/// Pixels of the mosaic that a source touches.
stac::PixelWindow reached_by(const MosaicSource &source)
{
    const auto col = static_cast<std::int64_t>(std::floor(source.col));
    const auto row = static_cast<std::int64_t>(std::floor(source.row));
    return {col, row, static_cast<std::int64_t>(std::ceil(source.col + source.cols)) - col,
            static_cast<std::int64_t>(std::ceil(source.row + source.rows)) - row};
}

/// From the mosaic's pixels to those of a file that begins at `first` and whose pixels are `step` of them.
AxisMapping to_pixels_of_file(double first, double step)
{
    return [first, step](std::vector<double> &positions)
    {
        for (double &each : positions)
        {
            each = (each - first) / step;
        }
    };
}

/// Puts the valid pixels of a layer over those of a block.
template <class T> void overlay(const PixelBlock &layer, int first_col, int first_row, PixelBlock &into)
{
    for (int band = 0; band < layer.bands(); ++band)
    {
        for (int row = 0; row < layer.height(); ++row)
        {
            const T *from = layer.row<T>(band, row);
            T *to = into.row<T>(band, first_row + row) + first_col;
            std::transform(from, from + layer.width(), to, to,
                           [](T above, T below) { return std::isnan(above) ? below : above; });
        }
    }
}

/// A part of a window that lies on one turn around the globe.
struct Piece
{
    stac::PixelWindow window; ///< as it lies on the mosaic
    std::int64_t first = 0;   ///< its first column in the window
};

/// The window itself, but where it reaches over the ends of a mosaic that is all around the globe.
std::vector<Piece> pieces_of(const stac::PixelWindow &window, const Mosaic &mosaic)
{
    const std::int64_t turn = mosaic.turn();
    const std::int64_t end = window.col + window.width;
    if (turn == 0 || (window.col >= 0 && end <= mosaic.width()))
    {
        return {{window, 0}};
    }
    std::vector<Piece> pieces;
    for (std::int64_t col = window.col; col < end;)
    {
        const std::int64_t beyond = col - mosaic.width();
        const std::int64_t turns = col < 0 ? (turn - 1 - col) / turn : beyond < 0 ? 0 : -(beyond / turn + 1);
        const std::int64_t on_mosaic = col + turns * turn;
        const std::int64_t most = turns > 0 ? turn - on_mosaic : mosaic.width() - on_mosaic;
        const std::int64_t width = std::min(end - col, most);
        pieces.push_back({{on_mosaic, window.row, width, window.height}, col - window.col});
        col += width;
    }
    return pieces;
}

} // namespace

/// The files open in one thread, the one used last in front.
class MosaicReader::Files
{
public:
    /// Their blocks in GDAL's cache are dropped.
    void forget()
    {
        for (const Entry &entry : m_files)
        {
            entry.second.dataset->FlushCache(false);
        }
    }

    const OpenedFile &file(const Mosaic &mosaic, std::size_t index)
    {
        const auto found = m_index.find(index);
        if (found != m_index.end())
        {
            m_files.splice(m_files.begin(), m_files, found->second);
            return m_files.front().second;
        }
        OpenedFile file = opened(mosaic, mosaic.sources()[index]);
        if (m_files.size() == kMaxOpenFiles)
        {
            m_index.erase(m_files.back().first);
            m_files.pop_back();
        }
        m_files.emplace_front(index, std::move(file));
        m_index[index] = m_files.begin();
        return m_files.front().second;
    }

private:
    static OpenedFile opened(const Mosaic &mosaic, const MosaicSource &source)
    {
        const store::GdalErrors errors;
        OpenedFile file;
        file.path = source.path;
        file.dataset = mosaic.open_file(source.path);
        file.factor = source.factor;
        file.summand = source.summand;
        if (!file.dataset)
        {
            throw store::gdal_failure(source.path, "cannot be opened: " + errors.cause_at(source.path));
        }
        if (file.dataset->GetRasterXSize() != source.width || file.dataset->GetRasterYSize() != source.height ||
            data_bands(*file.dataset) != mosaic.file_bands())
        {
            throw TileError(source.path, "has another size or other bands than when the run began");
        }
        for (const int band : mosaic.chosen_bands())
        {
            GDALRasterBand *each = file.dataset->GetRasterBand(band);
            file.bands.push_back({each, is_signed_byte(*each), validity_of(*each, mosaic.nodata())});
        }
        if (errors.failed())
        {
            file.trouble = errors.cause_at(source.path);
        }
        return file;
    }

    using Entry = std::pair<std::size_t, OpenedFile>;
    std::list<Entry> m_files;
    std::unordered_map<std::size_t, std::list<Entry>::iterator> m_index;
};

MosaicReader::MosaicReader(std::shared_ptr<const Mosaic> mosaic)
    : m_mosaic(std::move(mosaic))
    , m_files(std::make_unique<Files>())
{
}

MosaicReader::~MosaicReader() = default;

void MosaicReader::forget()
{
    m_files->forget();
}

/// Files are opened anew after an error: GDAL tells some errors once, and reads pixels of its own making from then on.
template <class Read> void MosaicReader::reading(const Read &read)
{
    try
    {
        read();
    }
    catch (const TileError &)
    {
        m_files = std::make_unique<Files>();
        throw;
    }
}

void MosaicReader::fetch(const stac::PixelWindow &window, std::int64_t most_bytes)
{
    const std::int64_t pixel_bytes =
        static_cast<std::int64_t>(m_mosaic->bands()) * GDALGetDataTypeSizeBytes(m_mosaic->type());
    if (window.width * window.height > most_bytes / std::max<std::int64_t>(1, pixel_bytes))
    {
        return;
    }
    for (const Piece &piece : pieces_of(window, *m_mosaic))
    {
        reading([&] { fetch_flat(piece.window); });
    }
}

/// Of a mosaic that ends at its first and last columns.
void MosaicReader::fetch_flat(const stac::PixelWindow &window)
{
    const Wanted cols(window.col, window.width, m_mosaic->width());
    const Wanted rows(window.row, window.height, m_mosaic->height());
    std::vector<unsigned char> pixels;
    for (const std::size_t index : m_mosaic->sources_near(window))
    {
        const std::optional<Part> part = part_of(m_mosaic->sources()[index], cols, rows);
        if (!part)
        {
            continue;
        }
        const OpenedFile &file = m_files->file(*m_mosaic, index);
        for (const OpenBand &each : file.bands)
        {
            const GDALDataType type = each.band->GetRasterDataType();
            const std::size_t line = static_cast<std::size_t>(part->cols.input_size) * GDALGetDataTypeSizeBytes(type);
            pixels.resize(line * part->rows.input_size);
            read_pixels(file, *each.band, *part, pixels.data(), type, line);
            if (each.validity.mask != nullptr)
            {
                pixels.resize(static_cast<std::size_t>(part->cols.input_size) * part->rows.input_size);
                read_pixels(file, *each.validity.mask, *part, pixels.data(), GDT_Byte, part->cols.input_size);
            }
        }
    }
}

void MosaicReader::read(const stac::PixelWindow &window, PixelBlock &into, GDALDataType type)
{
    const std::vector<Piece> pieces = pieces_of(window, *m_mosaic);
    if (pieces.size() == 1 && pieces.front().window == window)
    {
        reading([&] { read_flat(window, into, type); });
        return;
    }
    into = PixelBlock(static_cast<int>(window.width), static_cast<int>(window.height), m_mosaic->bands(), type);
    PixelBlock part;
    for (const Piece &piece : pieces)
    {
        reading([&] { read_flat(piece.window, part, type); });
        for (int band = 0; band < part.bands(); ++band)
        {
            for (int row = 0; row < part.height(); ++row)
            {
                std::copy_n(part.data(band, row), part.row_size(),
                            into.data(band, row) + static_cast<std::ptrdiff_t>(piece.first) * into.pixel_size());
            }
        }
    }
}

/// Of a mosaic that ends at its first and last columns.
void MosaicReader::read_flat(const stac::PixelWindow &window, PixelBlock &into, GDALDataType type, bool nearest)
{
    const auto width = static_cast<int>(window.width);
    const auto height = static_cast<int>(window.height);
    if (into.width() != width || into.height() != height || into.bands() != m_mosaic->bands() || into.type() != type)
    {
        into = PixelBlock(width, height, m_mosaic->bands(), type);
    }
    const Wanted cols(window.col, window.width, m_mosaic->width());
    const Wanted rows(window.row, window.height, m_mosaic->height());
    // From the top down, until a file hides all below it.
    std::vector<std::pair<std::size_t, Part>> parts;
    const auto &sources = m_mosaic->sources();
    const std::vector<std::size_t> near = m_mosaic->sources_near(window);
    for (auto index = near.rbegin(); index != near.rend(); ++index)
    {
        const std::size_t i = *index;
        if (const std::optional<Part> part = part_of(sources[i], cols, rows))
        {
            parts.emplace_back(i, *part);
            const bool touched = !is_resampled(sources[i]) || nearest;
            if (covers(*part, window) && (i == 0 || (touched && m_files->file(*m_mosaic, i).all_valid())))
            {
                break;
            }
        }
    }
    into.fill(std::numeric_limits<double>::quiet_NaN());
    for (auto part = parts.rbegin(); part != parts.rend(); ++part)
    {
        if (is_resampled(sources[part->first]) && !nearest)
        {
            read_resampled(part->first, window, into);
            continue;
        }
        read_part(m_files->file(*m_mosaic, part->first), part->second, part == parts.rbegin(), into);
    }
}

/// Puts a file's pixels over those of a window, by its kernel.
void MosaicReader::read_resampled(std::size_t index, const stac::PixelWindow &window, PixelBlock &into)
{
    const MosaicSource &source = m_mosaic->sources()[index];
    const auto touched = window.intersection(reached_by(source));
    if (!touched)
    {
        return;
    }
    const double across = source.cols / source.width;
    const double down = source.rows / source.height;
    const AxisTable columns = make_axis_table(source.resampling, touched->col, touched->width, source.width, across,
                                              false, to_pixels_of_file(source.col, across));
    const AxisTable rows = make_axis_table(source.resampling, touched->row, touched->height, source.height, down, false,
                                           to_pixels_of_file(source.row, down));
    PixelBlock layer(static_cast<int>(touched->width), static_cast<int>(touched->height), into.bands(), into.type());
    layer.fill(std::numeric_limits<double>::quiet_NaN());
    SeparableResampler resampler(gap_rule(source.resampling, false), SeparableResampler::Order::ColumnsFirst);
    PixelBlock input;
    for (const AxisStretch &cols : stretches(columns, std::numeric_limits<std::int64_t>::max()))
    {
        for (const AxisStretch &lines : stretches(rows, std::numeric_limits<std::int64_t>::max()))
        {
            input = PixelBlock(static_cast<int>(cols.input_size), static_cast<int>(lines.input_size), into.bands(),
                               into.type());
            read_around(index, {cols.input_first, lines.input_first, cols.input_size, lines.input_size}, input);
            resampler.resample(input, columns, cols, rows, lines, layer);
        }
    }
    const auto col = static_cast<int>(touched->col - window.col);
    const auto row = static_cast<int>(touched->row - window.row);
    into.type() == GDT_Float64 ? overlay<double>(layer, col, row, into) : overlay<float>(layer, col, row, into);
}

/// A window of a file, in its own pixels; what lies beside the file is what other files hold there, by nearest
/// neighbour.
void MosaicReader::read_around(std::size_t index, const stac::PixelWindow &window, PixelBlock &input)
{
    const MosaicSource &source = m_mosaic->sources()[index];
    input.fill(std::numeric_limits<double>::quiet_NaN());
    const Wanted cols(window.col, window.width, source.width);
    const Wanted rows(window.row, window.height, source.height);
    read_part(m_files->file(*m_mosaic, index),
              {aligned_span(cols, 0, source.width), aligned_span(rows, 0, source.height)}, true, input);
    const auto is_inside = [&](std::int64_t col, std::int64_t row)
    { return col >= 0 && col < source.width && row >= 0 && row < source.height; };
    if (is_inside(window.col, window.row) && is_inside(window.col + window.width - 1, window.row + window.height - 1))
    {
        return;
    }
    const auto on_mosaic = [](double first, double step, std::int64_t pixel)
    { return static_cast<std::int64_t>(std::floor(first + (static_cast<double>(pixel) + 0.5) * step)); };
    const double across = source.cols / source.width;
    const double down = source.rows / source.height;
    const std::int64_t left = on_mosaic(source.col, across, window.col);
    const std::int64_t top = on_mosaic(source.row, down, window.row);
    const std::int64_t right = on_mosaic(source.col, across, window.col + window.width - 1);
    const std::int64_t bottom = on_mosaic(source.row, down, window.row + window.height - 1);
    PixelBlock others;
    read_flat({left, top, right - left + 1, bottom - top + 1}, others, input.type(), true);
    const auto size = static_cast<std::size_t>(input.pixel_size());
    for (int band = 0; band < input.bands(); ++band)
    {
        for (int row = 0; row < input.height(); ++row)
        {
            const auto other_row = static_cast<int>(on_mosaic(source.row, down, window.row + row) - top);
            for (int col = 0; col < input.width(); ++col)
            {
                if (!is_inside(window.col + col, window.row + row))
                {
                    const std::int64_t other = on_mosaic(source.col, across, window.col + col) - left;
                    std::copy_n(others.data(band, other_row) + static_cast<std::size_t>(other) * size, size,
                                input.data(band, row) + static_cast<std::size_t>(col) * size);
                }
            }
        }
    }
}

} // namespace tiledir::raster
