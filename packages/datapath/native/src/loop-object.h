#pragma once

#include <napi.h>
#include <uv.h>

#include <functional>

namespace rivero {

/**
 * An object of JavaScript's that has handles on the loop of its thread, by which a function of JavaScript's is called. Whoever
 * opens a handle calls `hold`, and `letGo` once the loop has done with it: so the object is collected when nobody knows it any
 * more and nothing is on the loop. When the thread ends, its handles are closed first.
 */
template <typename Object>
class LoopObject : public Napi::ObjectWrap<Object> {
 public:
  /** Of JavaScript's words: the memory that both use, and the function. */
  LoopObject(const Napi::CallbackInfo& info, const char* name)
      : Napi::ObjectWrap<Object>(info), context_(info.Env(), name), function_(Napi::Weak(info[1].As<Napi::Function>())) {
    // As properties they live as long as the object. The function knows the object: held from here, neither would ever go.
    const auto object = info.This().As<Napi::Object>();
    object.DefineProperty(Napi::PropertyDescriptor::Value("memory", info[0]));
    object.DefineProperty(Napi::PropertyDescriptor::Value("function", info[1]));
    napi_add_async_cleanup_hook(info.Env(), handleThreadEnd, this, &cleanup_);
  }
  ~LoopObject() override { forgetThreadEnd(); }

 protected:
  /** Closes every handle for ever; `onClosed` is called when the loop has done with them. */
  virtual void closeHandles(std::function<void()> onClosed) = 0;

  static uv_loop_t* loopOf(Napi::Env env) {
    uv_loop_t* loop = nullptr;
    napi_get_uv_event_loop(env, &loop);
    return loop;
  }

  void hold() {
    if (isWrapped()) this->Ref();
  }

  void letGo() {
    if (isWrapped()) this->Unref();
  }

  /** Closes the handles, unless they are closed; `onClosed` is called when the loop has done with them. */
  void close(std::function<void()> onClosed) {
    if (isClosed_) return;
    isClosed_ = true;
    closeHandles([this, onClosed = std::move(onClosed)] {
      forgetThreadEnd();
      onClosed();
    });
  }

  /** Calls the function from the loop; what it throws is the program's, as with what Node calls. */
  void callFunction() {
    if (isClosed_) return;
    const Napi::Env env = this->Env();
    const Napi::HandleScope scope(env);
    // Not by the wrapper's MakeCallback: in a thread that is being ended nothing can be thrown, and it would end the process.
    const napi_status status =
        napi_make_callback(env, context_, this->Value(), function_.Value(), 0, nullptr, nullptr);
    if (status == napi_ok || !env.IsExceptionPending()) return;
    napi_value thrown = nullptr;
    napi_get_and_clear_last_exception(env, &thrown);
    napi_fatal_exception(env, thrown);
  }

 private:
  /** It runs no JavaScript any more. */
  static void handleThreadEnd(napi_async_cleanup_hook_handle, void* self) {
    static_cast<LoopObject*>(self)->close([] {});
  }

  /** False: its thread was being ended when it was made, and JavaScript has no object of it. To count on one would end the program. */
  bool isWrapped() const { return !this->IsEmpty(); }

  void forgetThreadEnd() {
    if (cleanup_ == nullptr) return;
    napi_remove_async_cleanup_hook(cleanup_);
    cleanup_ = nullptr;
  }

  Napi::AsyncContext context_;
  Napi::FunctionReference function_;
  napi_async_cleanup_hook_handle cleanup_ = nullptr;
  bool isClosed_ = false;
};

}  // namespace rivero
