// Hillshade that goes wrong on a tile, for the tests of what runs survive. Replaces the kinds of process_registry.cpp
// in the program tiledir-test.
#include "stac/error.h"
#include "tools/engine/process.h"
#include "tools/engine/processes/hillshade_process.h"

#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <new>
#include <thread>

namespace tiledir::engine
{
namespace
{

/// What happens on the tile of matrix `level`, `row`, `col`.
void misbehave(const Json &parameters, const std::string &tile)
{
    const std::string how = parameters["how"];
    if (!parameters["once"].is_null())
    {
        const std::string mark = parameters["once"];
        if (std::ifstream(mark))
        {
            return;
        }
        std::ofstream file(mark);
        file << tile;
    }
    if (how == "throw")
    {
        throw TileError(tile + ": is not to be made");
    }
    if (how == "network")
    {
        throw TileError(tile + ": HTTP error code : 503");
    }
    if (how == "crash")
    {
        std::raise(SIGSEGV);
    }
    if (how == "exit")
    {
        std::_Exit(7);
    }
    if (how == "memory")
    {
        constexpr std::size_t kStep = 16 << 20;
        const auto most = static_cast<std::size_t>(parameters["megabytes"].get<int>()) << 20;
        std::vector<std::unique_ptr<char[]>> blocks;
        for (std::size_t taken = 0; taken < most; taken += kStep)
        {
            blocks.emplace_back(new char[kStep]);
            std::memset(blocks.back().get(), 1, kStep);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(200)); // so that it is seen
    }
    if (how == "hang")
    {
        for (;;)
        {
            std::this_thread::sleep_for(std::chrono::seconds(1));
        }
    }
}

class BadHillshade : public Process
{
public:
    BadHillshade(Json parameters, std::unique_ptr<Process> good)
        : m_parameters(std::move(parameters))
        , m_good(std::move(good))
    {
    }

    ProcessOutput output() const override { return m_good->output(); }
    int pixel_buffer() const override { return m_good->pixel_buffer(); }
    raster::PixelBlock run(const stac::TileMatrix &matrix, const stac::PixelWindow &window,
                           const std::map<std::string, raster::PixelBlock> &inputs) const override
    {
        if (const int pause = m_parameters["milliseconds"]; pause > 0)
        {
            std::this_thread::sleep_for(std::chrono::milliseconds(pause));
        }
        const stac::TileRange tiles = matrix.tiles_of(window);
        for (const auto &bad : m_parameters["tiles"])
        {
            const std::string tile = bad;
            for (std::int64_t row = tiles.min_row; row <= tiles.max_row; ++row)
            {
                for (std::int64_t col = tiles.min_col; col <= tiles.max_col; ++col)
                {
                    if (fmt::format("{}/{}/{}", matrix.id, row, col) == tile)
                    {
                        misbehave(m_parameters, tile);
                    }
                }
            }
        }
        return m_good->run(matrix, window, inputs);
    }

private:
    const Json m_parameters;
    const std::unique_ptr<Process> m_good;
};

ProcessKind bad_hillshade()
{
    const ProcessKind good = hillshade_process();
    return {"bad_hillshade", "Hillshade that goes wrong on some tiles",
            Schema({
                Key("how", KeyType::Text, "it goes wrong")
                    .otherwise("throw")
                    .one_of({"throw", "network", "crash", "exit", "memory", "hang"}),
                Key("tiles", KeyType::Texts, "LEVEL/ROW/COL").otherwise(Json::array({"none"})),
                Key("once", KeyType::Text, "file that is made the first time, and then nothing goes wrong"),
                Key("megabytes", KeyType::Integer, "that are taken").otherwise(4096),
                Key("milliseconds", KeyType::Integer, "that each portion takes longer").otherwise(0),
            }),
            good.inputs,
            [good](const ProcessSetting &setting)
            {
                ProcessSetting inner = setting;
                inner.parameters = good.parameters.resolve(YAML::Node(YAML::NodeType::Map), "test", "parameters");
                return std::make_unique<BadHillshade>(setting.parameters, good.make(inner));
            }};
}

} // namespace

const std::vector<ProcessKind> &process_kinds()
{
    static const std::vector<ProcessKind> kKinds = {hillshade_process(), bad_hillshade()};
    return kKinds;
}

} // namespace tiledir::engine
