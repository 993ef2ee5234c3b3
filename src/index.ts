export { AppError, type ErrorCode } from "./errors/app-error.ts";
