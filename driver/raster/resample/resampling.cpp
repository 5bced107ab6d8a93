#include "driver/raster/resample/resampling.h"

#include "stac/error.h"

#include <cpl_string.h>

#include <array>
#include <optional>

namespace tiledir::raster
{

namespace
{

struct Kernel
{
    Resampling resampling;
    const char *name;
    std::optional<GDALResampleAlg> warp;
    GDALRIOResampleAlg io;
    int radius;
};

const std::array<Kernel, 9> kKernels{
    {{Resampling::Nearest, "nearest", GRA_NearestNeighbour, GRIORA_NearestNeighbour, 0},
     {Resampling::Bilinear, "bilinear", GRA_Bilinear, GRIORA_Bilinear, 1},
     {Resampling::Cubic, "cubic", GRA_Cubic, GRIORA_Cubic, 2},
     {Resampling::CubicSpline, "cubicspline", GRA_CubicSpline, GRIORA_CubicSpline, 2},
     {Resampling::Lanczos, "lanczos", GRA_Lanczos, GRIORA_Lanczos, 3},
     {Resampling::Average, "average", GRA_Average, GRIORA_Average, 0},
     {Resampling::Rms, "rms", GRA_RMS, GRIORA_RMS, 0},
     {Resampling::Mode, "mode", GRA_Mode, GRIORA_Mode, 0},
     {Resampling::Gauss, "gauss", std::nullopt, GRIORA_Gauss, 1}}};

const Kernel &kernel(Resampling resampling)
{
    return kKernels[static_cast<std::size_t>(resampling)];
}

std::string joined(const std::vector<std::string> &names)
{
    std::string text;
    for (const std::string &each : names)
    {
        text += (text.empty() ? "" : ", ") + each;
    }
    return text;
}

} // namespace

const char *name(Resampling resampling)
{
    return kernel(resampling).name;
}

Resampling resampling_from_name(const std::string &name)
{
    for (const Kernel &each : kKernels)
    {
        if (EQUAL(each.name, name.c_str()))
        {
            return each.resampling;
        }
    }
    if (EQUAL("near", name.c_str()))
    {
        return Resampling::Nearest;
    }
    throw InputError("resampling: '" + name + "' is not known; one of " + joined(overview_resampling_names()));
}

const std::vector<std::string> &warp_resampling_names()
{
    static const std::vector<std::string> kNames = []
    {
        std::vector<std::string> list;
        list.reserve(kKernels.size());
        for (const Kernel &each : kKernels)
        {
            if (each.warp)
            {
                list.emplace_back(each.name);
            }
        }
        return list;
    }();
    return kNames;
}

const std::vector<std::string> &overview_resampling_names()
{
    static const std::vector<std::string> kNames = []
    {
        std::vector<std::string> list;
        list.reserve(kKernels.size());
        for (const Kernel &each : kKernels)
        {
            list.emplace_back(each.name);
        }
        return list;
    }();
    return kNames;
}

GDALResampleAlg warp_algorithm(Resampling resampling)
{
    const Kernel &each = kernel(resampling);
    if (!each.warp)
    {
        throw InputError("resampling: " + std::string(each.name) + " makes overviews only; one of " +
                         joined(warp_resampling_names()));
    }
    return *each.warp;
}

GDALRIOResampleAlg io_algorithm(Resampling resampling)
{
    return kernel(resampling).io;
}

int kernel_radius(Resampling resampling)
{
    return kernel(resampling).radius;
}

} // namespace tiledir::raster
