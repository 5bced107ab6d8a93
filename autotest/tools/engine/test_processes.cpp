// Hillshade that goes wrong on a tile, for the tests of what runs survive. Replaces the processes of
// built_in_processes.cpp in the program tiledir-test.
#include "driver/store/gdal_errors.h"
#include "stac/error.h"
#include "tools/engine/processes/built_in/built_in_processes.h"
#include "tools/engine/processes/terrain/hillshade_process.h"

#include <fmt/format.h>

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <set>
#include <thread>

namespace tiledir::engine
{
namespace
{

/// Until somebody ends the process.
void wait_for_ever()
{
    for (;;)
    {
        std::this_thread::sleep_for(std::chrono::seconds(1));
    }
}

/// Where a folder has such a FIFO: until somebody has it open for writing. A file beside it says meanwhile who waits.
void wait_at(const std::string &gate)
{
    if (access(gate.c_str(), F_OK) != 0)
    {
        return;
    }
    const std::string mark = fmt::format("{}.{}.{}", gate, getpid(), gettid());
    std::ofstream(mark).close();
    std::ifstream(gate).close();
    std::remove(mark.c_str());
}

/// Memory that is written to.
std::vector<std::unique_ptr<char[]>> taken(int megabytes)
{
    constexpr std::size_t kStep = 16 << 20;
    const auto most = static_cast<std::size_t>(megabytes) << 20;
    std::vector<std::unique_ptr<char[]>> blocks;
    for (std::size_t size = 0; size < most; size += kStep)
    {
        blocks.emplace_back(new char[kStep]);
        std::memset(blocks.back().get(), 1, kStep);
    }
    return blocks;
}

/// Whether it happens for the first time; always where nobody counts.
bool is_first(const Json &mark, const std::string &tile)
{
    if (mark.is_null())
    {
        return true;
    }
    const std::string path = mark;
    if (std::ifstream(path))
    {
        return false;
    }
    std::ofstream file(path);
    file << tile;
    return true;
}

/// What happens on the tile of matrix `level`, `row`, `col`.
void misbehave(const Json &parameters, const std::string &tile)
{
    const std::string how = parameters["how"];
    const bool first = is_first(parameters["once"], tile);
    if (how == "memory")
    {
        const auto blocks = taken(parameters["megabytes"]);
        if (first)
        {
            wait_for_ever(); // so that it is seen
        }
    }
    if (!first)
    {
        return;
    }
    if (how == "throw")
    {
        throw TileError(tile + ": is not to be made");
    }
    if (how == "network")
    {
        throw store::gdal_failure("", tile + ": HTTP error code : 503");
    }
    if (how == "crash")
    {
        std::raise(SIGSEGV);
    }
    if (how == "exit")
    {
        std::_Exit(7);
    }
    if (how == "hang")
    {
        wait_for_ever();
    }
}

class BadHillshade : public Process
{
public:
    BadHillshade(Json parameters, std::unique_ptr<Process> good)
        : m_parameters(std::move(parameters))
        , m_bad(m_parameters["tiles"].get<std::set<std::string>>())
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
        pass_gates("any");
        const stac::TileRange tiles = matrix.tiles_of(window);
        for (std::int64_t row = tiles.min_row; row <= tiles.max_row; ++row)
        {
            for (std::int64_t col = tiles.min_col; col <= tiles.max_col; ++col)
            {
                const std::string tile = fmt::format("{}/{}/{}", matrix.id, row, col);
                pass_gates(fmt::format("{}-{}-{}", matrix.id, row, col));
                if (m_bad.count(tile) > 0)
                {
                    misbehave(m_parameters, tile);
                }
            }
        }
        return m_good->run(matrix, window, inputs);
    }

private:
    void pass_gates(const std::string &name) const
    {
        if (const Json &gates = m_parameters["gates"]; !gates.is_null())
        {
            wait_at(gates.get<std::string>() + "/" + name);
        }
    }

    const Json m_parameters;
    const std::set<std::string> m_bad; ///< tiles
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
                Key("gates", KeyType::Text, "folder of FIFOs that portions wait at: LEVEL-ROW-COL, or any"),
                Key("megabytes", KeyType::Integer, "that are taken, until it is ended").otherwise(1200),
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

ProcessRegistry built_in_processes()
{
    ProcessRegistry processes;
    processes.add(hillshade_process());
    processes.add(bad_hillshade());
    return processes;
}

} // namespace tiledir::engine
