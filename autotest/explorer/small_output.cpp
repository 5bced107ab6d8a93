#include "autotest/explorer/small_output.h"

#include "autotest/explorer/memory_store.h"
#include "driver/raster/folder/dataset_folder.h"
#include "driver/raster/folder/folder_refresh.h"
#include "driver/raster/folder/stored_pyramid.h"
#include "driver/writing/tile_writer.h"
#include "stac/error.h"
#include "tools/engine/processes/built_in/built_in_processes.h"
#include "tools/engine/resolved/resolve.h"

#include <gdal_priv.h>

#include <array>
#include <mutex>
#include <stdexcept>
#include <vector>

namespace tiledir::explorer
{

namespace
{

constexpr const char *kItem = "stac.json";
constexpr const char *kInput = "/vsimem/explorer/input.tif";
constexpr int kTile = 16;
constexpr int kAlone = -1;        ///< index of a writer that nobody disturbs
constexpr std::int64_t kRow = 12; ///< of the base tiles on level 5
constexpr std::int64_t kCol = 12;

/// Two tiles of level 5, pixel by pixel; another file for each number.
void put_input(int number)
{
    const double cell = 180.0 / (32 * kTile);
    std::array<double, 6> geotransform{-180 + kCol * kTile * cell, cell, 0, 90 - kRow * kTile * cell, 0, -cell};
    GDALAllRegister();
    GDALDriver *driver = GetGDALDriverManager()->GetDriverByName("GTiff");
    VSIUnlink(kInput);
    const GDALDatasetUniquePtr file(driver->Create(kInput, 2 * kTile, kTile, 1, GDT_Byte, nullptr));
    OGRSpatialReference crs;
    crs.SetFromUserInput("OGC:CRS84");
    crs.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
    file->SetGeoTransform(geotransform.data());
    file->SetSpatialRef(&crs);
    // Of another size, as times are of whole seconds there.
    file->SetMetadataItem("NUMBER", std::string(static_cast<std::size_t>(number) * 10, 'x').c_str());
    file->GetRasterBand(1)->Fill(number);
}

/// Of a writer that nobody disturbs.
class AloneTurns : public Turns
{
public:
    AloneTurns(MemoryFolder &folder, std::function<bool(const Step &step)> stop)
        : m_folder(folder)
        , m_stop(std::move(stop))
    {
    }
    void begin(const Step &step) override
    {
        m_mutex.lock();
        m_is_killed = m_is_killed || (m_stop && m_stop(step));
        if (m_is_killed)
        {
            m_folder.let_go_all(kAlone);
            m_mutex.unlock();
            throw Killed();
        }
    }
    void end(std::uint64_t /*seen*/) override { m_mutex.unlock(); }
    store::Stamp stamp() override { return {"alone " + std::to_string(++m_count)}; }
    void unlock(const std::string &key) override
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        m_folder.let_go(key, kAlone);
    }
    void end_life(const std::string &id) override
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        m_folder.end_life(id, kAlone);
    }

private:
    static std::atomic<long> m_count;
    MemoryFolder &m_folder;
    const std::function<bool(const Step &step)> m_stop;
    std::mutex m_mutex; ///< for the folder and what follows
    bool m_is_killed = false;
};

std::atomic<long> AloneTurns::m_count{0};

template <class Value>
const Value &once(std::map<Recipe, Value> &known, const Recipe &recipe, Value (*make)(const Recipe &))
{
    auto found = known.find(recipe);
    return (found == known.end() ? known.emplace(recipe, make(recipe)).first : found)->second;
}

std::shared_ptr<const engine::ResolvedRecipe> newly_resolved(const Recipe &recipe)
{
    put_input(recipe.input);
    const std::string text =
        "process: plain\nparameters: {value: " + std::to_string(recipe.value) + "}\ninput: {dem: " + kInput +
        "}\ngrid: {tile_matrix_set: WorldCRS84Quad, tile_size: 16}\n" + "levels: " + recipe.levels +
        "\noutput: {path: /vsimem/explorer/output, format: PNG}\nexecutor: serial\nthreads: 1\nmemory: 1GB\n";
    return engine::resolve(
        engine::Recipe::parse(text, "/vsimem/explorer/recipe.yaml", {}, engine::built_in_processes()));
}

MemoryFolder made_output(const Recipe &recipe)
{
    MemoryFolder folder;
    if (const RunEnd end = run_alone(folder, recipe); !end.finished())
    {
        throw std::runtime_error("a run that nobody disturbs: " + end.refusal);
    }
    return folder;
}

Tiles made_tiles(const Recipe &recipe)
{
    return tiles_in(finished(recipe));
}

} // namespace

std::shared_ptr<const engine::ResolvedRecipe> resolved_of(const Recipe &recipe)
{
    static std::map<Recipe, std::shared_ptr<const engine::ResolvedRecipe>> known;
    return once(known, recipe, newly_resolved);
}

void alone(MemoryFolder &folder, const std::function<void(const OpenFolder &open)> &work)
{
    AloneTurns turns(folder, nullptr);
    work([&] { return open_memory(folder, turns, kAlone); });
}

void alone_until(MemoryFolder &folder, const std::function<bool(const Step &step)> &stop,
                 const std::function<void(const OpenFolder &open)> &work)
{
    AloneTurns turns(folder, stop);
    try
    {
        work([&] { return open_memory(folder, turns, kAlone); });
        throw std::logic_error("it was to be killed, and has ended");
    }
    catch (const Killed &)
    {
        wait_for_the_dead(folder);
    }
}

void wait_for_the_dead(MemoryFolder &folder)
{
    constexpr double kLong = 1000;
    folder.jump(kLong, [](int) { return false; });
}

const MemoryFolder &finished(const Recipe &recipe)
{
    static std::map<Recipe, MemoryFolder> known;
    return once(known, recipe, made_output);
}

MemoryFolder finished(const Recipe &recipe, Exclusion exclusion)
{
    MemoryFolder folder = finished(recipe);
    folder.exclusion = exclusion;
    return folder;
}

bool is_tile(const std::string &key)
{
    const std::string ending = ".png";
    return key.size() > ending.size() && key.compare(key.size() - ending.size(), ending.size(), ending) == 0;
}

Tiles tiles_in(const MemoryFolder &folder)
{
    Tiles tiles;
    for (const auto &[key, object] : folder.objects)
    {
        if (is_tile(key))
        {
            tiles[key] = *object.bytes;
        }
    }
    return tiles;
}

const Tiles &clean(const Recipe &recipe)
{
    static std::map<Recipe, Tiles> known;
    return once(known, recipe, made_tiles);
}

RunEnd run(const OpenFolder &open, const Recipe &recipe, const std::string &option)
{
    engine::RunOptions options;
    options.progress = engine::ProgressStyle::None;
    options.overwrite = option == "overwrite";
    options.update = option == "update";
    options.accept_old = option == "accept_old";
    options.check = option == "check";
    RunEnd end;
    try
    {
        const auto store = open();
        const engine::RunResult result = engine::run(resolved_of(recipe), options, *store);
        end.state = result.state;
        end.refusal = result.refusal;
        for (const std::string &failure : result.failures)
        {
            end.refusal += (end.refusal.empty() ? "" : "; ") + failure;
        }
    }
    catch (const Error &error)
    {
        end.refusal = error.what();
    }
    return end;
}

RunEnd run_alone(MemoryFolder &folder, const Recipe &recipe, const std::string &option)
{
    RunEnd end;
    alone(folder, [&](const OpenFolder &open) { end = run(open, recipe, option); });
    return end;
}

struct GdalWriter::Impl
{
    explicit Impl(const OpenFolder &open)
        : folder(open(), kItem)
        , writer(folder.pyramid(), open(), kItem, options(folder))
    {
    }

    static driver::WritingOptions options(const raster::DatasetFolder &folder)
    {
        driver::WritingOptions options;
        options.refresh = driver::Refresh::AtClose;
        options.overviews_from_process = raster::has_overviews_from_process(folder.item());
        options.asset = folder.item().assets.front().key;
        options.layout = folder.layout();
        return options;
    }

    void write(const stac::PixelWindow &window, int value)
    {
        const std::vector<unsigned char> pixels(static_cast<std::size_t>(window.width * window.height),
                                                static_cast<unsigned char>(value));
        driver::PixelSource source;
        source.data = pixels.data();
        source.line_space = static_cast<std::ptrdiff_t>(window.width);
        source.band_space = static_cast<std::ptrdiff_t>(pixels.size());
        source.bands = {0};
        writer.buffer().take(window, source);
    }

    raster::DatasetFolder folder;
    driver::TileWriter writer;
};

GdalWriter::GdalWriter(const OpenFolder &open)
    : m_impl(std::make_unique<Impl>(open))
{
}

GdalWriter::~GdalWriter() = default;

void GdalWriter::write_pixel(std::int64_t tile_row, std::int64_t tile_col, int row, int col, int value)
{
    m_impl->write({tile_col * kTile + col, tile_row * kTile + row, 1, 1}, value);
}

void GdalWriter::write_tile(std::int64_t tile_row, std::int64_t tile_col, int value)
{
    m_impl->write({tile_col * kTile, tile_row * kTile, kTile, kTile}, value);
}

void GdalWriter::change_item(const stac::ItemChange &change)
{
    m_impl->writer.change_item(change);
}

void GdalWriter::close()
{
    m_impl->writer.finish();
}

void refresh(const OpenFolder &open)
{
    const raster::DatasetFolder folder(open(), kItem);
    raster::run_refresh(folder, raster::plan_refresh(folder, {}), {});
}

} // namespace tiledir::explorer
